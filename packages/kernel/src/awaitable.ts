/** A value that is mostly there at once, and sometimes has to be waited for. */
export type Awaitable<T> = T | Promise<T>

/** Goes on with a value: at once when it is there, so that the way of every message needs no turn of its own for it. */
export function whenThere<T, R>(value: Awaitable<T>, next: (value: T) => Awaitable<R>): Awaitable<R> {
  return value instanceof Promise ? value.then(next) : next(value)
}
