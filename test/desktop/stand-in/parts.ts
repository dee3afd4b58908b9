import { EventEmitter } from 'node:events'
import type * as Electron from 'electron'

/** Asked of every object by the language itself (promises, JSON, printing). */
const ASKED_BY_LANGUAGE: ReadonlySet<string> = new Set(['then', 'toJSON', 'default', '__esModule'])

/** The part itself, but reading a property that it does not have throws instead of giving undefined. */
export function strict<T extends object>(name: string, part: object): T {
  return new Proxy(part, {
    get(target, property, receiver) {
      if (typeof property === 'string' && !(property in target) && !ASKED_BY_LANGUAGE.has(property)) {
        throw new Error(`the stand-in for Electron has no ${name}.${property}`)
      }
      return Reflect.get(target, property, receiver) as unknown
    },
  }) as T
}

/** A part that also emits events. */
export function emitter<T extends object>(name: string, part: object): T {
  return strict<T>(name, Object.assign(new EventEmitter(), part))
}

/** A class of Electron's: `new` gives what `make` returns. */
export function constructible<T, Argument>(make: (argument: Argument) => object, statics: object = {}): T {
  function construct(argument: Argument) {
    return make(argument)
  }
  return Object.assign(construct, statics) as T
}

/** An event that notes whether it was prevented. */
export function preventable<Details extends object>(details?: Details): Electron.Event<Details> {
  const event = {
    ...details,
    defaultPrevented: false,
    preventDefault: () => {
      event.defaultPrevented = true
    },
  }
  return event as unknown as Electron.Event<Details>
}
