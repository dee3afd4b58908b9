import { Button, Group, NativeSelect, NumberInput, Stack, Text } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { Dialog } from '../../parts/dialog.tsx'
import { DialogButtons } from '../../parts/dialog-buttons.tsx'
import { locale, text } from '../../text/text.ts'
import type { CloudPrice } from './cloud-price.ts'

const CURRENCIES = ['USD', 'EUR', 'GBP', 'CHF', 'JPY', 'CAD', 'AUD', 'INR', 'CNY', 'BRL', 'PLN', 'SEK']
const FIRST: CloudPrice = { prompt: 0, completion: 0, currency: 'USD' }

interface PriceDialogProps {
  price: CloudPrice | null
  onChange: (price: CloudPrice | null) => void
  onClose: () => void
}

/** Asks what a cloud would take. */
export function PriceDialog({ price, onChange, onClose }: PriceDialogProps) {
  const [draft, setDraft] = useState(price ?? FIRST)

  function end(value: CloudPrice | null) {
    onChange(value)
    onClose()
  }

  function submit(event: FormEvent) {
    event.preventDefault()
    end(draft)
  }

  return (
    <Dialog onClose={onClose} title={text.usage.priceTitle}>
      <form noValidate onSubmit={submit}>
        <Stack>
          <Text c="dimmed">{text.usage.priceText}</Text>
          <Group grow align="flex-end">
            <PriceField
              label={text.usage.pricePrompt}
              value={draft.prompt}
              onChange={(prompt) => setDraft({ ...draft, prompt })}
              isFirst
            />
            <PriceField
              label={text.usage.priceCompletion}
              value={draft.completion}
              onChange={(completion) => setDraft({ ...draft, completion })}
            />
          </Group>
          <NativeSelect
            label={text.usage.currency}
            data={CURRENCIES.map((value) => ({ value, label: `${value} · ${currencies.of(value) ?? value}` }))}
            value={draft.currency}
            onChange={(event) => setDraft({ ...draft, currency: event.currentTarget.value })}
          />
          <DialogButtons>
            {price !== null && (
              <Button variant="default" onClick={() => end(null)}>
                {text.usage.noPrice}
              </Button>
            )}
            {price === null && (
              <Button variant="default" onClick={onClose}>
                {text.shell.cancel}
              </Button>
            )}
            <Button type="submit" disabled={draft.prompt === 0 && draft.completion === 0}>
              {text.shell.save}
            </Button>
          </DialogButtons>
        </Stack>
      </form>
    </Dialog>
  )
}

interface PriceFieldProps {
  label: string
  value: number
  onChange: (price: number) => void
  /** Where one begins to type. */
  isFirst?: boolean
}

function PriceField({ label, value, onChange, isFirst }: PriceFieldProps) {
  return (
    <NumberInput
      label={label}
      min={0}
      max={1_000_000}
      decimalScale={4}
      decimalSeparator={DECIMAL}
      allowedDecimalSeparators={['.', ',']}
      hideControls
      data-autofocus={isFirst}
      value={value}
      onChange={(typed) => onChange(Number(typed))}
    />
  )
}

const currencies = new Intl.DisplayNames(locale, { type: 'currency' })
const DECIMAL = new Intl.NumberFormat(locale).format(0.5).charAt(1)
