/** Codes as people get them: an enrolment code in a link or a message, a field code in groups. Pure. */

/** 123456789012 → 123 456 789 012 */
export function groups(code: string): string[] {
  return code.match(/.{1,3}/g) ?? []
}

/** The enrolment code out of a link, a pasted message with a link, or a typed line. */
export function readCode(text: string): string {
  const plain = text.normalize('NFKC').trim()
  const inLink = /https?:\/\/\S*?[#?&](?:code=)?([A-Za-z0-9-]{6,})/i.exec(plain)
  return inLink ? inLink[1]! : plain.replace(/\s/g, '')
}
