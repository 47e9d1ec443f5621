/** The door to the server: typed calls over one client. */
export { Client, type Call, type SessionKind } from './client'
export { NoAnswer, Problem, isPassing } from './errors'
export { gunzip, gzip, canGzip } from './gzip'
export { calls, type Calls, type Enrolled, type Offer } from './messages'
export { uploadByTus } from './tus'
