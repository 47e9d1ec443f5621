/** A line that breaks: a TCP proxy that tears each connection down after so many bytes, in the middle of whatever is being said. */
import { connect, createServer, type Server as TcpServer, type Socket } from 'node:net'
import { freePort } from './server'

export class BreakingLine {
  /** Bytes a connection carries in either direction before it is torn; null: it holds. */
  breaksAfter: number | null = null
  breaks = 0
  carried = 0
  private readonly sockets = new Set<Socket>()
  private constructor(private readonly server: TcpServer, readonly port: number) {}

  static async before(port: number): Promise<BreakingLine> {
    const listening = await freePort()
    const server = createServer((near) => {
      const far = connect(port, '127.0.0.1')
      line.join(near, far)
    })
    const line = new BreakingLine(server, listening)
    await new Promise<void>((done) => server.listen(listening, '127.0.0.1', () => done()))
    return line
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`
  }

  private join(near: Socket, far: Socket): void {
    let bytes = 0
    const tear = () => {
      for (const socket of [near, far]) socket.destroy()
    }
    const carry = (to: Socket) => (chunk: Buffer) => {
      const room = this.breaksAfter === null ? chunk.length : Math.max(0, this.breaksAfter - bytes)
      bytes += Math.min(room, chunk.length)
      this.carried += Math.min(room, chunk.length)
      if (chunk.length <= room) return void to.write(chunk)
      this.breaks += 1
      // What was on its way arrives, the rest never does.
      to.write(chunk.subarray(0, room), tear)
    }
    for (const socket of [near, far]) {
      this.sockets.add(socket)
      socket.on('error', tear)
      socket.on('close', () => {
        this.sockets.delete(socket)
        tear()
      })
    }
    near.on('data', carry(far))
    far.on('data', carry(near))
  }

  async dispose(): Promise<void> {
    for (const socket of this.sockets) socket.destroy()
    await new Promise((done) => this.server.close(done))
  }
}
