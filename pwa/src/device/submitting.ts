/** Submits a section as a file shows it now; false where part of it is disputed, so that there is no one content to decide on. */
import type { Device, FileView } from './contract'

export async function submitSection(device: Pick<Device, 'save'>, stored: FileView, section: string): Promise<boolean> {
  const content = stored.state.sections[section]?.content
  if (!content) return false
  await device.save(stored, [], { act: 'submit', about: { section, content, schema: stored.state.rules_version } })
  return true
}
