import { InvalidInput } from '#shared/text/input-sentence.ts'
import { peopleText } from '../../text/people-text.ts'

const SIDE = 128
const QUALITY = 0.85

/** The middle of a picture as a small data URL, which has none of the file's data about place and camera. */
export async function smallPicture(file: File): Promise<string> {
  const image = await createImageBitmap(file).catch(() => {
    throw new InvalidInput({ code: 'picture', message: peopleText.account.noPicture, parts: {} })
  })
  const side = Math.min(image.width, image.height)
  const canvas = Object.assign(document.createElement('canvas'), { width: SIDE, height: SIDE })
  const context = canvas.getContext('2d')
  if (context === null) throw new Error('no canvas')
  context.fillStyle = '#fff'
  context.fillRect(0, 0, SIDE, SIDE)
  context.drawImage(image, (image.width - side) / 2, (image.height - side) / 2, side, side, 0, 0, SIDE, SIDE)
  return canvas.toDataURL('image/jpeg', QUALITY)
}
