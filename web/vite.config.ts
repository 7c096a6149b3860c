// Two pages from one build: the desk at `/`, the phone at `/m/`; the development server hands the API on to Flask.
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import vue from '@vitejs/plugin-vue'
import elementPlus from 'unplugin-element-plus/vite'
import { defineConfig, type Plugin } from 'vite'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const api = process.env.BIHUAN_API ?? 'http://127.0.0.1:8000'

/** Vant's icon font names a foreign address beside the copy it carries; an installation never asks the outside. */
const noForeignFont: Plugin = {
  name: 'no-foreign-font',
  enforce: 'pre',
  transform: (code, id) => (/vant.*\.css/.test(id) ? code.replace(/,\s*url\((["']?)(https?:)?\/\/[^)]*\)(\s*format\([^)]*\))?/g, '') : undefined),
}

/** A gzipped copy beside each asset: the server hands it out as it is, and phones have weak networks. */
const packed: Plugin = {
  name: 'packed',
  apply: 'build',
  writeBundle: ({ dir }, bundle) => {
    for (const name of Object.keys(bundle).filter((file) => /^assets\/.*\.(js|css)$/.test(file))) {
      const path = `${dir}/${name}`
      writeFileSync(`${path}.gz`, gzipSync(readFileSync(path), { level: 9 }))
    }
  },
}

export default defineConfig({
  plugins: [vue(), elementPlus({}), noForeignFont, packed],
  resolve: { alias: { '@shared': here('./shared') } },
  define: { __VUE_I18N_LEGACY_API__: 'false', __INTLIFY_PROD_DEVTOOLS__: 'false' },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    chunkSizeWarningLimit: 1200,
    rollupOptions: {
      input: { desk: here('./index.html'), phone: here('./m/index.html'), worker: here('./phone/offline/worker.ts') },
      output: { entryFileNames: ({ name }) => (name === 'worker' ? 'm/worker.js' : 'assets/[name]-[hash].js') },
    },
  },
  server: { proxy: { '/api': { target: api, changeOrigin: false } } },
})
