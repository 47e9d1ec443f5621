/** National numbers, in the order in which a worker needs them. Places differ: the card says to check locally. */
export const HOTLINES = ['110', '120', '12345', '12338', '12355', '12356'] as const
