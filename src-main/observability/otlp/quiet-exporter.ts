import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto'
import type { PushMetricExporter } from '@opentelemetry/sdk-metrics'
import type { Log } from '../../base/log.ts'
import { readHeaders } from './headers-file.ts'
import type { OtlpTarget } from './otlp-target.ts'

type Metrics = Parameters<PushMetricExporter['export']>[0]
type Done = Parameters<PushMetricExporter['export']>[1]
type Result = Parameters<Done>[0]

/** `ExportResultCode.FAILED` */
const FAILED: Result['code'] = 1

export interface QuietExporterOptions {
  readonly target: Pick<OtlpTarget, 'url' | 'headersFile'>
  readonly timeoutMs: number
  readonly log: Log
}

/** Warns when pushes begin to fail, once, and says when they work again. The library itself would say nothing. */
export class QuietExporter extends OTLPMetricExporter {
  readonly #log: Log
  #isFailing = false
  #isEnding = false

  constructor({ target, timeoutMs, log }: QuietExporterOptions) {
    const { url, headersFile } = target
    super({
      url,
      timeoutMillis: timeoutMs,
      // Read for each push, because something else may renew a token.
      ...(headersFile === null ? {} : { headers: () => readHeaders(headersFile) }),
    })
    this.#log = log
  }

  /** Before the last push. It is left out if the receiver failed before, because the stop waits for it. */
  endSoon(): void {
    this.#isEnding = true
  }

  override export(metrics: Metrics, done: Done): void {
    if (this.#isEnding && this.#isFailing) return done({ code: FAILED })
    super.export(metrics, (result) => {
      this.#noteResult(result)
      done(result)
    })
  }

  #noteResult({ error }: Result): void {
    const fails = error !== undefined
    if (fails && !this.#isFailing) {
      // Only the message: the whole error has the receiver's answer in it.
      this.#log.warn({ reason: error.message }, 'could not push figures; trying again at each interval')
    }
    if (!fails && this.#isFailing) this.#log.info({}, 'figures are pushed again')
    this.#isFailing = fails
  }
}
