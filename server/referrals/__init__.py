"""Referrals to another station of the same server: a sealed parcel goes over, an answer and the first contact come back."""
