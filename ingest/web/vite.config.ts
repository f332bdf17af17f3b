import { defineConfig } from 'vite'
import { firstView } from './first-view.js'

/**
 * The page is served by the service itself under a strict content security policy: nothing inline, nothing
 * from elsewhere. So assets are never inlined as data URLs and no polyfill is injected.
 */
export default defineConfig({
  root: import.meta.dirname,
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    // Phones that are no longer updated, as far as light-dark(), dialogs and modules reach.
    target: ['chrome100', 'firefox104', 'safari15.4'],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  plugins: [firstView()],
})
