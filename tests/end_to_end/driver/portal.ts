/** A captive portal: once closed, it answers every request with a friendly page and status 200, like a station hall's wifi. */
import { createServer, request, type Server as HttpServer } from 'node:http'
import { freePort } from './server'

const WELCOME = '<!doctype html><meta charset="utf-8"><title>欢迎使用免费无线网络</title><h1>请先登录</h1>'

export class Portal {
  isClosed = false
  answered = 0
  private constructor(private readonly server: HttpServer, readonly port: number) {}

  /** Stands in front of the real server; phones know the portal's address alone. */
  static async before(port: number, own?: number): Promise<Portal> {
    const listening = own ?? (await freePort())
    const server = createServer((incoming, answer) => {
      if (portal.isClosed) {
        portal.answered++
        answer.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(WELCOME)
        return
      }
      const onward = request({ host: '127.0.0.1', port, path: incoming.url, method: incoming.method, headers: incoming.headers }, (real) => {
        answer.writeHead(real.statusCode ?? 502, real.headers)
        real.pipe(answer)
      })
      onward.on('error', () => answer.destroy())
      incoming.pipe(onward)
    })
    const portal = new Portal(server, listening)
    await new Promise<void>((done) => server.listen(listening, '127.0.0.1', () => done()))
    return portal
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`
  }

  async dispose(): Promise<void> {
    this.server.closeAllConnections()
    await new Promise((done) => this.server.close(done))
  }
}
