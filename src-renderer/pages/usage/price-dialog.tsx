import { Button, Group, NativeSelect, NumberInput, Stack, Text } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import type { CloudPrice } from '#shared/settings/settings.ts'
import { call } from '../../api/client.ts'
import { useAction } from '../../api/use-action.ts'
import { Dialog } from '../../parts/dialogs/dialog.tsx'
import { DialogButtons } from '../../parts/dialogs/dialog-buttons.tsx'
import { Problem } from '../../parts/feedback/problem.tsx'
import { locale, text } from '../../text/text.ts'

const CURRENCIES = ['USD', 'EUR', 'GBP', 'CHF', 'JPY', 'CAD', 'AUD', 'INR', 'CNY', 'BRL', 'PLN', 'SEK']
const FIRST: CloudPrice = { prompt: 0, completion: 0, currency: 'USD' }

interface PriceDialogProps {
  price: CloudPrice | null
  onClose: () => void
}

/** Asks for the prices of a cloud model, for the comparison on the usage page. */
export function PriceDialog({ price, onClose }: PriceDialogProps) {
  const [draft, setDraft] = useState(price ?? FIRST)
  const save = useAction(async (cloudPrice: CloudPrice | null) => {
    await call('PATCH /api/settings', { cloudPrice })
    onClose()
  })

  function submit(event: FormEvent) {
    event.preventDefault()
    void save.run(draft)
  }

  return (
    <Dialog onClose={onClose} title={text.usage.priceTitle}>
      <form noValidate onSubmit={submit}>
        <Stack>
          <Text c="dimmed">{text.usage.priceText}</Text>
          <PriceFields draft={draft} onChange={setDraft} />
          <Problem sentence={save.problem} />
          <DialogButtons>
            {price === null ? (
              <Button variant="default" onClick={onClose}>
                {text.shell.cancel}
              </Button>
            ) : (
              <Button variant="default" disabled={save.busy} onClick={() => void save.run(null)}>
                {text.usage.noPrice}
              </Button>
            )}
            <Button type="submit" loading={save.busy} disabled={draft.prompt === 0 && draft.completion === 0}>
              {text.shell.save}
            </Button>
          </DialogButtons>
        </Stack>
      </form>
    </Dialog>
  )
}

interface PriceFieldsProps {
  draft: CloudPrice
  onChange: (draft: CloudPrice) => void
}

function PriceFields({ draft, onChange }: PriceFieldsProps) {
  return (
    <>
      <Group grow align="flex-end">
        <PriceField
          label={text.usage.pricePrompt}
          value={draft.prompt}
          onChange={(prompt) => onChange({ ...draft, prompt })}
          isFirst
        />
        <PriceField
          label={text.usage.priceCompletion}
          value={draft.completion}
          onChange={(completion) => onChange({ ...draft, completion })}
        />
      </Group>
      <NativeSelect
        label={text.usage.currency}
        data={CURRENCIES.map((value) => ({ value, label: `${value} · ${currencies.of(value) ?? value}` }))}
        value={draft.currency}
        onChange={(event) => onChange({ ...draft, currency: event.currentTarget.value })}
      />
    </>
  )
}

interface PriceFieldProps {
  label: string
  value: number
  onChange: (price: number) => void
  /** True for the field that has the focus when the dialog opens. */
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
