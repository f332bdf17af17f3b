import { defineConfig } from 'vite'
import { firstViewSize } from './first-view.js'

/**
 * The page is served by the service itself under a strict content security policy: nothing inline, nothing
 * from elsewhere. So assets are never inlined as data URLs and no polyfill is injected.
 */
export default defineConfig({
  root: import.meta.dirname,
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  plugins: [firstViewSize()],
})
