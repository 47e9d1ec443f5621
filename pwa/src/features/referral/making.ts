/** Puts a parcel together from the file as it stands: the agreed parts in words, the papers that go along, and a secret for the receipt. */
import type { Device, FileView } from '../../device'
import { label } from '../../records'
import type { Parcel } from '../../records/parcel'
import { shownValues, text, texts } from '../../records/people'
import { openingValues, partAttachments, partPages } from '../../records/shareable'
import { makeWords } from '../../records/words'
import type { Locale } from '../../records/shapes'
import { base64 } from './sealing'

const ABOUT = ['applied_on', 'reason', 'reason_note', 'handed_over', 'continuity', 'answer_due_on']
const BYTES_MAX = 1_000_000 // of papers, before base64

export async function makeParcel(device: Device, view: FileView, element: string, locale: Locale): Promise<Parcel> {
  const path = `referrals/${element}`
  const values = shownValues(view.state, path)
  const words = makeWords(view.kind, view.state, locale, device.people)
  const parts = texts(values['handed_over'])
  const secret = Array.from(crypto.getRandomValues(new Uint8Array(32)), (byte) => byte.toString(16).padStart(2, '0')).join('')
  const files: Parcel['files'] = []
  let left = BYTES_MAX
  for (const one of partAttachments(view.state, parts)) {
    const blob = await device.readPhoto(view.fileId, one.sha256, one.mediaType)
    if ((left -= blob.size) < 0) break
    files.push({ name: one.caption || label('attachment_kind', one.kind, locale), media_type: one.mediaType, data: base64(new Uint8Array(await blob.arrayBuffer())) })
  }
  return {
    yihu_parcel: 1,
    id: element,
    from: { station: device.me?.stationName ?? '', worker: device.me?.name ?? '', phone: '' },
    to: text(values['receiver']) || (device.people[text(values['receiver_person'])] ?? ''),
    made_at: Date.now(),
    answer_due_on: text(values['answer_due_on']),
    about: ABOUT.filter((name) => values[name] !== undefined && values[name] !== null && values[name] !== '').map((name) => ({ label: words.fieldOnly(`${path}/${name}`), value: words.value(`${path}/${name}`, values[name]) })),
    pages: partPages(view.state, parts, texts(values['members']), words),
    files,
    opening: openingValues(view.state, parts),
    secret,
  }
}
