import { defineConfig } from 'vite'

/** Builds the page into `dist/page`. Addresses are relative, so that it works under any prefix. */
export default defineConfig({
  root: 'page',
  base: './',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: '../dist/page',
    emptyOutDir: true,
    target: 'es2023',
    cssTarget: ['chrome125', 'firefox128', 'safari17.5'],
    modulePreload: false,
    // An inlined file would be a data: address, which the policy allows for images only.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    // The page uses the protocol's types only: its schemas, and typebox with them, are left out.
    rolldownOptions: {
      treeshake: {
        moduleSideEffects: (id) => !/[\\/](?:typebox|packages[\\/]protocol|@openclaw[\\/]protocol)[\\/]/.test(id),
        manualPureFunctions: ['Type', 'method', 'closed', 'row', 'open', 'opt', 'list', 'Secret'],
      },
    },
  },
})
