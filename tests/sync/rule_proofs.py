"""Tests of the rules of sync/PROTOCOL.md that no vector can show: calls, keys, sessions, what a device does with an answer.

`test_rules_and_vectors.py` fails when a rule has neither a vector nor a line here, and when a test named here is gone.
"""

from __future__ import annotations

from typing import Final

_PUSH = "tests/server/test_push_and_pull.py::"
_MOVE = "tests/server/test_moving_and_merging.py::"
_DEVICE = "tests/sync/test_device_against_server.py::"
_STRANGER = "tests/stranger/test_stranger_talks_to_the_server.py::"
_SYNCING = "pwa/src/device/syncing.test.ts::"
_SESSIONS = "tests/server/test_sessions.py::"
_ENROLMENT = "tests/server/test_enrolment.py::"
_EDGE = "tests/server/test_edge.py::"
_RESTORED = "tests/server/test_restored.py::"
_LOST = "tests/security/test_breach_list.py::"
_RESTRICTED = "tests/server/test_restricted.py::"
_ERASED = "tests/security/test_erased_file.py::"

PROOFS: Final[dict[str, tuple[str, ...]]] = {
    "V-3": (
        "tests/server/test_forms.py::test_a_value_that_does_not_fit_is_returned_with_its_place_and_spoils_nothing_else",
    ),
    "E-14": (
        "tests/server/test_station_keys.py::test_what_was_sealed_to_the_former_key_still_comes_home",
        "tests/server/test_station_keys.py::test_the_former_signing_key_is_gone_and_signs_nothing_after_its_place",
    ),
    "R-1": (
        _RESTRICTED + "test_a_worker_puts_a_record_in_and_reads_it_no_more",
        "pwa/src/sync/drawers.test.ts::a drawer is named by its patch",
    ),
    "R-2": (
        _RESTRICTED + "test_each_kind_lives_where_it_belongs",
        _RESTRICTED + "test_a_record_goes_along_when_its_household_moves_and_nowhere_else",
        _RESTRICTED + "test_what_few_may_know_is_returned_from_a_household_file",
    ),
    "R-3": (
        _RESTRICTED + "test_a_deputy_names_a_reader_and_takes_it_back",
        _RESTRICTED + "test_duties_given_anew_leave_named_readers_and_a_deputy_who_goes_reads_no_more",
    ),
    "R-4": (
        _RESTRICTED + "test_nobody_adds_to_what_they_may_not_read_but_its_author",
        _RESTRICTED + "test_whoever_works_elsewhere_puts_nothing_in",
    ),
    "R-5": (_RESTRICTED + "test_a_deputy_names_a_reader_and_takes_it_back",),
    "R-6": (
        "tests/sync/test_device_restricted.py::test_a_record_written_by_a_worker_is_read_by_the_deputy_and_by_nobody_else",
    ),
    "Z-1": (
        _ERASED + "test_one_person_alone_erases_nothing",
        _ERASED + "test_a_merged_file_is_parted_first",
    ),
    "Z-2": (_ERASED + "test_an_erased_file_is_gone_everywhere_and_the_log_stays_whole",),
    "Z-3": (_ERASED + "test_phones_are_told_by_the_stations_word_and_never_get_it_again",),
    "Z-4": (
        "tests/sync/test_device_against_server.py::test_an_erased_file_is_gone_from_the_device",
        "pwa/src/device/erasing.test.ts::drops the file with everything that hangs on it",
    ),
    "Z-5": (_ERASED + "test_what_comes_late_is_answered_and_none_of_it_is_kept",),
    "V-5": (_PUSH + "test_an_unknown_key_in_a_change_is_kept_byte_for_byte",),
    "N-2": ("tests/sync/test_vectors.py::test_ids",),
    "N-4": ("tests/sync/test_vectors.py::test_versions", "tests/store_contract.py::test_a_dot_is_never_given_twice"),
    "C-2": (_PUSH + "test_a_change_beyond_its_size_is_returned_alone",),
    "D-1": (
        _PUSH + "test_verdicts_come_in_the_order_of_the_batch_and_are_signed_by_the_station",
        "pwa/src/device/saving.test.ts::leaves the outbox only by a verdict that the server signed",
    ),
    "M-4b": (
        "tests/simulation/test_simulation.py::test_what_was_found_once_stays_mended",
        _SYNCING + "goes on where it was cut off, also after the app was killed",
    ),
    "M-4c": (
        _RESTORED + "test_what_a_forgotten_transfer_took_away_comes_back_though_nobody_brings_it_back",
        "pwa/src/device/witness.test.ts::"
        "files that are its own again are asked for by name: one that went from here, and one that was shut",
    ),
    "D-15": ("tests/server/test_given_twice.py::test_a_form_shows_nothing_of_others_that_the_server_got_later",),
    "M-5d": (_RESTORED + "test_a_revoked_phone_brings_its_own_back_sealed",),
    "D-4": (_PUSH + "test_a_pushed_change_is_accepted_and_reaches_the_colleague_with_its_digest",),
    "D-5": (
        _PUSH + "test_a_malformed_change_that_its_author_signed_is_returned_and_occupies_its_dot",
        _PUSH + "test_text_that_is_no_change_is_answered_in_its_place_and_blocks_nothing",
    ),
    "D-10": ("tests/sync/test_vectors.py::test_verdicts", _PUSH + "test_a_clock_ten_years_off_is_accepted_and_flagged"),
    "F-11": (
        "tests/sync/test_differential.py::test_python_and_the_phone_fold_any_history_to_the_same_file",
        "tests/stranger/test_stranger_folds_random_histories.py::test_both_tell_random_histories_alike",
    ),
    "F-12": (_STRANGER + "test_a_stranger_and_our_device_agree_on_a_household",),
    "A-9": ("tests/sync/test_vectors.py::test_folds",),
    "S-1": (
        "tests/sync/test_vectors.py::test_folds",
        "tests/sync/test_differential.py::test_python_and_the_phone_fold_any_history_to_the_same_file",
    ),
    "M-1": (
        _PUSH + "test_verdicts_come_in_the_order_of_the_batch_and_are_signed_by_the_station",
        _EDGE + "test_more_than_a_batch_is_refused_whole_and_the_halves_go_through",
        _EDGE + "test_requests_and_answers_travel_as_gzip",
        _DEVICE + "test_a_batch_too_large_is_halved_and_one_bad_record_blocks_no_other",
    ),
    "M-2": (
        _PUSH + "test_own_changes_come_back_as_verdicts_only",
        _SYNCING + "a file that leaves stays while an own save in it is undecided, read-only, and goes after",
    ),
    "M-2a": (
        _MOVE + "test_a_file_that_moves_leaves_here_and_comes_whole_there",
        _MOVE + "test_a_newcomer_hears_nothing_of_a_file_that_was_here_once",
        _MOVE + "test_a_file_that_comes_back_brings_ones_own_words",
        _MOVE + "test_a_pack_with_a_file_that_has_moved_is_shown_to_nobody",
        "tests/sync/test_device_moving_and_merging.py::test_a_household_moves_away_with_every_word_and_comes_back",
    ),
    "M-3": (
        _PUSH + "test_a_pushed_change_is_accepted_and_reaches_the_colleague_with_its_digest",
        _MOVE + "test_a_merged_file_shows_both_and_every_phone_agrees_with_the_server",
        _SYNCING + "is fetched again once and then told, and the server’s word is never copied",
    ),
    "M-4": (
        _PUSH + "test_the_first_sync_comes_as_a_pack_with_the_tail_behind_it",
        _PUSH + "test_a_broken_pack_download_goes_on_where_it_stopped",
        _PUSH + "test_any_cursor_gets_an_answer_and_an_unusable_one_starts_from_the_beginning",
        _STRANGER + "test_a_stranger_begins_from_packs",
        _SYNCING + "goes on where it was cut off, also after the app was killed",
    ),
    "M-4a": (
        _PUSH + "test_a_device_that_starts_from_the_beginning_is_sent_its_own_changes_again",
        _MOVE + "test_who_begins_anew_gets_ones_own_words_on_every_page",
        _MOVE + "test_who_begins_anew_gets_what_was_returned_beside_the_pack",
    ),
    "M-5": (
        _SESSIONS + "test_a_revoked_device_reads_nothing_but_gets_its_records_home_for_a_deputy",
        _STRANGER + "test_a_stranger_uploads_sealed_saves_with_its_vault_closed",
    ),
    "M-5a": (
        "tests/server/test_route_replicas.py::test_a_certified_route_key_records_its_files_in_its_persons_name",
        "pwa/src/device/route.test.ts::a save on it goes up sealed with its certificate, and is accepted and shown at the desk",
    ),
    "M-5c": (
        "tests/sync/test_packing.py::test_both_languages_pack_against_the_same_words",
        "tests/sync/test_packing.py::test_what_is_no_packed_save_is_refused",
    ),
    "M-5b": (
        _DEVICE + "test_a_change_altered_on_the_way_takes_no_place",
        _SYNCING + "a change whose verdict is not the server’s is left out, told, and stops nothing",
    ),
    "M-6": (
        _PUSH + "test_pushing_again_changes_nothing_and_gives_the_same_verdicts",
        _DEVICE + "test_a_lost_answer_doubles_nothing",
        "tests/security/test_replay.py::test_ten_thousand_changes_in_any_order_are_as_if_sent_once",
    ),
    "B-7": (
        "tests/server/test_bundles.py::test_a_carried_save_is_taken_in_as_if_pushed_and_only_its_author_reads_the_receipt",
        "tests/server/test_bundles.py::test_a_route_keys_save_gives_the_receipt_to_the_device_that_certified_it",
    ),
    "E-1": (_ENROLMENT + "test_a_typed_code_may_be_lower_case_without_dashes_and_with_look_alike_letters",),
    "E-2": (_ENROLMENT + "test_looking_at_a_code_tells_whose_it_is_and_does_not_use_it_up",),
    "E-3": (_ENROLMENT + "test_a_false_proof_enrols_nothing_and_leaves_the_code_good",),
    "E-4": (_ENROLMENT + "test_a_code_enrols_one_device_only",),
    "E-5": (_SESSIONS + "test_a_nonce_opens_one_session_and_only_for_its_device",),
    "E-6": (_SESSIONS + "test_an_upload_cookie_does_not_read_even_under_the_other_name",),
    "E-7": (_SESSIONS + "test_the_policy_is_signed_names_only_own_villages_and_is_not_sent_twice",),
    "E-8": ("tests/server/test_staffing.py::test_each_change_of_duties_begins_an_epoch_that_devices_hear_of",),
    "E-9": (
        "tests/server/test_route_replicas.py::test_a_route_key_beyond_its_files_is_returned",
        "tests/server/test_route_replicas.py::test_false_certificates_make_no_author",
    ),
    "E-10": (_EDGE + "test_requests_and_answers_travel_as_gzip", _DEVICE + "test_a_captive_portal_is_no_answer"),
    "E-11": ("tests/server/test_photos.py::test_a_photo_goes_on_where_the_connection_broke",),
    "X-1": ("tests/server/test_openapi.py::test_the_catalogue_speaks_both_languages_and_uses_each_code_once",),
    "X-2": (
        _SYNCING + "a session that ended is opened again with the device key, and nothing is lost",
        _DEVICE + "test_what_a_revoked_device_recorded_gets_home_sealed_and_waits_for_the_deputy",
    ),
    "X-3": ("tests/server/test_openapi.py::test_every_operation_documents_its_problems_with_examples",),
    "X-4": (
        "tests/sync/test_vectors.py::test_verdicts",
        "tests/security/test_forged_envelopes.py::test_each_kind_of_forgery_is_refused_for_itself",
    ),
    "G-1": (
        _EDGE + "test_hostile_json_is_refused_before_anything_happens",
        _EDGE + "test_a_gzip_bomb_costs_no_more_than_the_cap",
    ),
    "G-2": (_PUSH + "test_an_unknown_key_in_a_change_is_kept_byte_for_byte",),
    "G-3": (_PUSH + "test_what_waited_for_a_newer_server_is_judged_when_the_server_is_newer",),
    "G-4": ("tests/sync/test_vectors.py::test_shapes",),
    "L-10": (_RESTORED + "test_everything_comes_back_with_its_first_verdict",),
    "L-11": (_RESTORED + "test_none_of_many_changes_is_lost",),
    "L-12": ("tests/server/test_verify.py::test_a_backup_counts_from_when_it_was_begun_and_never_goes_back",),
    "P-1": (
        "tests/server/test_decisions.py::test_the_list_says_why_each_change_waits",
        "tests/server/test_decisions.py::test_a_change_whose_author_lost_the_duty_but_not_the_patch_says_so",
    ),
    "P-2": (
        "tests/server/test_decisions.py::test_a_held_change_says_whom_it_waits_for_and_is_forced_by_a_deputy",
        "tests/server/test_decisions.py::test_looking_writes_nothing",
    ),
    "P-3": (
        "tests/server/test_decisions.py::test_what_the_server_cannot_read_is_not_forced",
        "tests/server/test_decisions.py::test_a_deputy_of_another_patch_neither_sees_nor_decides",
    ),
    "P-4": (
        "tests/server/test_decisions.py::test_of_a_lost_phone_many_are_taken_in_at_once_but_nothing_that_meets_another_value",
    ),
    "P-5": (
        "tests/server/test_decisions.py::test_an_author_asks_about_a_returned_change_and_the_deputy_sees_the_note",
        "tests/server/test_decisions.py::test_the_author_alone_puts_a_returned_change_away_and_the_server_keeps_it",
        "pwa/src/device/refused.test.ts::counts until it is put away, and only the server’s signed answer puts it away",
    ),
    "P-6": ("tests/server/test_decisions.py::test_a_fork_is_entered_again_by_the_deputy_and_its_author_is_told",),
    "P-7": (
        "tests/sync/test_device_desk.py::test_a_change_of_mind_is_amended_and_the_refused_one_put_away",
        "pwa/src/device/refused.test.ts::stays while a declined save was not read",
    ),
    "P-8": (
        "tests/server/test_staffing.py::test_each_change_of_duties_begins_an_epoch_that_devices_hear_of",
        "tests/server/test_staffing.py::test_a_deputy_gives_no_duty_above_worker_and_touches_no_head",
    ),
    "P-9": (
        "pwa/src/device/refused.test.ts::gets a key of its own under the same vault, with its drafts and its unsent saves",
        "tests/sync/test_device_desk.py::test_a_copied_device_is_told_enrols_anew_and_its_words_are_entered_again",
    ),
    "W-1": (_SESSIONS + "test_a_revoked_device_reads_nothing_but_gets_its_records_home_for_a_deputy",),
    "W-2": (_LOST + "test_a_revoked_phone_gets_its_records_home_and_then_a_signed_order_for_itself",),
    "W-3": (_LOST + "test_teeth_an_order_for_another_phone_does_not_verify_as_its_own",),
    "W-4": (_LOST + "test_a_revoked_phone_gets_its_records_home_and_then_a_signed_order_for_itself",),
    "W-5": (_LOST + "test_a_revoked_phone_gets_its_records_home_and_then_a_signed_order_for_itself",),
    "W-6": (
        "tests/server/test_vault_share.py::test_a_colleague_who_knows_a_devices_id_cannot_use_its_tries_up",
        "tests/server/test_vault_share.py::test_an_unknown_device_and_a_known_one_get_a_stranger_the_same_answer",
    ),
    "W-7": (_LOST + "test_reading_too_much_raises_one_alarm",),
    "W-8": ("pwa/src/device/lease.test.ts::a clock set back extends nothing",),
    "W-10": (
        "tests/server/test_left_records.py::test_what_was_never_opened_comes_up_before_the_wipe_and_is_written_down",
        "tests/server/test_left_records.py::test_a_browser_that_enrolled_needs_no_session_and_a_stranger_gets_nowhere",
        "pwa/src/device/shared-phone.test.ts::hands over what was recorded with everything closed and never opened again, before it goes",
    ),
    "W-9": (
        "tests/server/test_wiping.py::test_another_person_of_the_same_phone_brings_the_order_and_says_that_it_was_obeyed",
        "tests/server/test_wiping.py::test_strangers_learn_and_report_nothing",
    ),
}
