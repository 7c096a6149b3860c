// A worker of the browser for the phone pages: it keeps the pages, and what was read last, for a time without network.
/// <reference lib="webworker" />
export {}
declare const self: ServiceWorkerGlobalScope

const PAGES = 'bihuan.pages'
const READ = 'bihuan.read'
const PAGE = '/m/'
const ME = '/api/v1/me'
const NOUNS = /^\/api\/v1\/(me|tasks|hazards|files|places|codes|checklists|visits|patrol|signs|units|people)(\/|$)/
const MOST = 400
const LARGEST = 2_000_000
/** After how long what was kept is better than waiting. */
const PATIENCE = 6_000

self.addEventListener('install', (event) => {
  void self.skipWaiting()
  event.waitUntil(renew())
})

self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim().then(() => answer(new Request(ME)))))

self.addEventListener('fetch', (event) => {
  const { method, mode, url } = event.request
  const { origin, pathname } = new URL(url)
  if (origin !== self.location.origin) return
  if (method === 'DELETE' && pathname === '/api/v1/session') event.waitUntil(caches.delete(READ))
  if (method !== 'GET') return
  if (mode === 'navigate') event.respondWith(page())
  else if (pathname.startsWith('/assets/')) event.respondWith(asset(event.request))
  else if (NOUNS.test(pathname)) event.respondWith(answer(event.request))
})

const late = (): Promise<never> => new Promise((_, reject) => setTimeout(() => reject(new Error('late')), PATIENCE))

/** What comes in time, else what was kept; without that, whatever comes. */
async function orKept(coming: Promise<Response>, kept: Response | undefined): Promise<Response> {
  if (!kept) return coming
  return Promise.race([coming, late()]).catch(() => kept)
}

/** The newest page when all of it arrives, else the one that was kept whole: never half of each. */
const page = async (): Promise<Response> => orKept(renew(), await (await caches.open(PAGES)).match(PAGE))

async function renew(): Promise<Response> {
  const fresh = await fetch(PAGE, { cache: 'no-cache' })
  if (!fresh.ok) throw new Error(String(fresh.status))
  const parts = Array.from((await fresh.clone().text()).matchAll(/"(\/assets\/[^"]+)"/g), (found) => found[1]!)
  const pages = await caches.open(PAGES)
  const kept = (await pages.keys()).map((one) => new URL(one.url).pathname)
  const missing = parts.filter((part) => !kept.includes(part))
  await pages.addAll(missing)
  await pages.put(PAGE, fresh.clone())
  if (missing.length) await Promise.all(kept.filter((old) => old !== PAGE && !parts.includes(old)).map((old) => pages.delete(old)))
  return fresh
}

/** Its name changes with its content: what was kept is right for ever. */
async function asset(request: Request): Promise<Response> {
  const pages = await caches.open(PAGES)
  const kept = await pages.match(request, { ignoreVary: true })
  if (kept) return kept
  const fresh = await fetch(request)
  if (fresh.ok) await pages.put(request, fresh.clone())
  return fresh
}

/** What the server says; without network what it said last, with the time of that in the header `X-Kept`. */
async function answer(request: Request): Promise<Response> {
  const kept = await (await caches.open(READ)).match(request, { ignoreVary: true })
  return orKept(ask(request), kept)
}

async function ask(request: Request): Promise<Response> {
  const fresh = await fetch(request)
  if (fresh.status === 401) await caches.delete(READ)
  else if (fresh.ok && Number(fresh.headers.get('Content-Length') ?? 0) <= LARGEST) await keep(request, fresh.clone())
  return fresh
}

async function keep(request: Request, fresh: Response): Promise<void> {
  const body = await fresh.blob()
  if (new URL(request.url).pathname === ME) await forgetOthers(JSON.parse(await body.text()))
  const headers = new Headers(fresh.headers)
  headers.set('X-Kept', new Date().toISOString())
  const read = await caches.open(READ)
  try {
    await read.put(request, new Response(body, { status: fresh.status, headers }))
    const oldest = await read.keys()
    await Promise.all(oldest.slice(0, Math.max(0, oldest.length - MOST)).map((one) => read.delete(one)))
  } catch {
    await caches.delete(READ) // no room: better nothing than a part
  }
}

/** A phone is handed on: nobody reads what somebody else was shown. */
async function forgetOthers(me: { name: string }): Promise<void> {
  const before = await (await caches.open(READ)).match(ME, { ignoreVary: true })
  if (before && ((await before.json()) as { name: string }).name !== me.name) await caches.delete(READ)
}
