export { stdioTransport } from './stdio.ts'
