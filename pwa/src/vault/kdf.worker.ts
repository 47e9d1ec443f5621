/** Argon2id off the main thread. The only script whose response allows WebAssembly; it can reach no network. */
import { argon2id } from 'hash-wasm'

interface Job {
  secret: string
  salt: Uint8Array
  m_kib: number
  t: number
  p: number
}

self.onmessage = async (event: MessageEvent<Job>) => {
  const { secret, salt, m_kib, t, p } = event.data
  try {
    const key = await argon2id({ password: secret, salt, memorySize: m_kib, iterations: t, parallelism: p, hashLength: 32, outputType: 'binary' })
    self.postMessage({ key })
  } catch (error) {
    self.postMessage({ error: String(error) })
  }
}
