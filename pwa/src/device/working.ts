/** What an unlocked phone needs, in one chunk: the first screen comes without it. */
export { keepPhoto, openPhoto } from './photos'
export { dismissReturned, listOwnSaves } from './own-saves'
export { newParts, openFile, partsOf, save } from './saving'
export { Syncing } from './syncing'
export { changePin, renewFieldCode, setRoute } from './todays-route'
export { linkUnlinked, listUnlinked, recordUnlinked } from './unlinked'
