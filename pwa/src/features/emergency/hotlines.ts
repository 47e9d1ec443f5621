/** National numbers, in the order in which a worker needs them. Places differ: the card says to check locally. */
export const HOTLINES = ['110', '120', '12345', '12338', '12355', '12356'] as const
/** Their codes in the list `reported_to`. */
export const REPORTED_TO = { '110': 'police', '120': 'ambulance', '12345': 'hotline', '12338': 'women', '12355': 'youth', '12356': 'mind' } as const
