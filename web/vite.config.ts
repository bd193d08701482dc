import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

// `npm run dev` shows the page of the sources and sends the rest to a running `clinlink serve`.
const server = process.env.CLINLINK_SERVER ?? 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [svelte()],
  server: { proxy: { '/api': server } },
  // The bundle is committed: what it holds must follow from the sources alone. No data: addresses, for the page's
  // content security policy.
  build: {
    target: 'es2023',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // How long each plugin takes is no fault.
    rolldownOptions: { checks: { pluginTimings: false } },
    license: { fileName: 'licenses.md' },
  },
  test: { include: ['tests/unit/**/*.test.ts'] },
});
