import type { FrameView as Decoded, FramesAnswer } from '../../../shared/schema/api.js'
import { type Quantity, quantityByKey } from '../../../shared/wire/quantities.js'
import { formatClock, formatDateTime, formatNumber, formatSpan } from '../format.js'
import { hexLines } from '../hex.js'
import { shortName, valueWithUnit } from '../names.js'
import type { Language } from '../words/language.js'
import { chart, site, frame as words } from '../words/words.js'
import type { FrameQuestion } from './frame-dialog.js'

type Frame = FramesAnswer['frames'][number]

interface FrameViewProps {
  frame: Frame
  asked: FrameQuestion
  language: Language
}

/** Sixteen bytes and their offset need about this much. */
const NARROW = '(max-width: 599px)'

/** The bytes as they came, and what they say. */
export function FrameView({ frame, asked, language }: FrameViewProps) {
  const trailer = frame.decoded?.trailer ?? null
  return (
    <>
      <dl class="facts">
        <Fact name={words.received[language]} value={time(frame.receivedAt, language)} />
        <Fact
          name={words.covers[language]}
          value={formatSpan(Date.parse(frame.first), Date.parse(frame.last), language)}
        />
        <Fact
          name={`${words.boot[language]} / ${words.sequence[language]}`}
          value={`${frame.boot} / ${frame.seq}`}
        />
        <Fact
          name={words.size[language]}
          value={`${formatNumber(frame.sizeBytes, 0, language)} ${words.bytes[language]}`}
        />
        <Fact name={words.signed[language]} value={trailer ?? words.unsigned[language]} />
      </dl>
      <section>
        <h3>{words.raw[language]}</h3>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so a keyboard has to reach it */}
        <pre class="hex" tabIndex={0}>
          {hexLines(frame.hex, matchMedia(NARROW).matches ? 8 : 16).map((line) => (
            <div key={line.offset}>
              <span class="offset">{line.offset}</span> {line.bytes}
            </div>
          ))}
        </pre>
      </section>
      {frame.decoded === null ? (
        <p>
          {words.undecodable[language]} {frame.error}
        </p>
      ) : (
        <Samples decoded={frame.decoded} asked={asked} language={language} />
      )}
    </>
  )
}

function Samples({
  decoded,
  asked,
  language,
}: {
  decoded: Decoded
  asked: FrameQuestion
  language: Language
}) {
  const channels = decoded.channels.map((channel) => ({
    ...channel,
    known: quantityByKey(channel.quantity),
  }))
  return (
    <section>
      <h3>
        {words.decoded[language]}: {decoded.samples.length} {words.samples[language]}
      </h3>
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">{chart.timeColumn[language]}</th>
              {channels.map((channel) => (
                <th key={`${channel.quantity}/${channel.position}`} scope="col" class="number">
                  {channel.known ? shortName(channel.known, language) : channel.quantity}
                  {channel.position > 0 && ` · ${site.position[language]} ${channel.position}`}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {decoded.samples.map((sample, index) => (
              <tr key={index} class={isAsked(sample.time, asked) ? 'chosen' : undefined}>
                <td>
                  {sample.time === null
                    ? `${sample.uptimeS} s ${words.uptime[language]}`
                    : formatClock(Date.parse(sample.time), language, true)}
                </td>
                {channels.map((channel, column) => (
                  <td key={`${channel.quantity}/${channel.position}`} class="number">
                    {valueCell(channel.known, sample.values[column] ?? null, language)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  )
}

function isAsked(sampleTime: string | null, asked: FrameQuestion): boolean {
  return sampleTime !== null && Date.parse(sampleTime) === asked.timeMs
}

function valueCell(
  quantity: Quantity | undefined,
  value: number | null,
  language: Language,
): string {
  if (value === null) return '–'
  return quantity === undefined ? String(value) : valueWithUnit(quantity, value, language)
}

function time(iso: string, language: Language): string {
  return formatDateTime(Date.parse(iso), language)
}
