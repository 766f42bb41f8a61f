import { createContext, Script } from 'node:vm'

const script = new Script('work()')

/**
 * Bounds synchronous work that may never end, such as a foreign regular expression: it answers undefined when it was
 * not done in `limitMs` (milliseconds). The engine looks for a stop while an expression backtracks, so no other thread
 * is needed (https://nodejs.org/api/vm.html#scriptrunincontextcontextifiedobject-options).
 */
export function within<Given, Made extends object>(
  limitMs: number,
  work: (given: Given) => Made,
): (given: Given) => Made | undefined {
  const box: { work?: () => Made } = {}
  const context = createContext(box)
  return (given) => {
    box.work = () => work(given)
    try {
      return script.runInContext(context, { timeout: limitMs }) as Made
    } catch (thrown) {
      if ((thrown as { code?: string }).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return undefined
      throw thrown
    }
  }
}
