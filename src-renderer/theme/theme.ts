import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core'

/** For safe states and for buttons. */
const pine: MantineColorsTuple = [
  '#eef8f4',
  '#d9eee6',
  '#b0dccb',
  '#84c9ae',
  '#5fb896',
  '#47ad86',
  '#389d78',
  '#2b8264',
  '#20684f',
  '#144e3b',
]

/** For keys and for everything that waits for the person. */
const brass: MantineColorsTuple = [
  '#fdf6e7',
  '#f7e9cb',
  '#eed198',
  '#e4b861',
  '#dca336',
  '#d6951b',
  '#c9860f',
  '#a86d06',
  '#835404',
  '#5f3c00',
]

const warmGray: MantineColorsTuple = [
  '#faf8f5',
  '#f3f0eb',
  '#e9e4dd',
  '#ddd6cd',
  '#c9c1b6',
  '#aaa196',
  '#857d73',
  '#5f5850',
  '#3d3833',
  '#25221f',
]

const warmDark: MantineColorsTuple = [
  '#ece7e0',
  '#cfc8bf',
  '#b3aba1',
  '#958c82',
  '#5d564e',
  '#433e38',
  '#2d2925',
  '#211e1b',
  '#1a1815',
  '#141210',
]

export const theme = createTheme({
  colors: { pine, brass, gray: warmGray, dark: warmDark },
  primaryColor: 'pine',
  primaryShade: { light: 8, dark: 7 },
  defaultRadius: 'md',
  radius: { md: '10px', lg: '14px' },
  fontSizes: { xs: '0.8125rem' },
  cursorType: 'pointer',
  respectReducedMotion: true,
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Helvetica Neue", Arial, sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Noto Sans Mono", "Liberation Mono", monospace',
  // Not `Modal.extend(...)`, which would add the component to the first bundle.
  components: {
    // Within its field: at the end of the body it would be outside all landmarks of the page.
    Combobox: { defaultProps: { withinPortal: false, floatingStrategy: 'fixed' } },
    Modal: {
      defaultProps: { padding: 'lg', radius: 'lg', overlayProps: { backgroundOpacity: 0.45 } },
      styles: { title: { fontSize: '1.125rem', fontWeight: 650 }, content: { border: '1px solid var(--lk-line)' } },
    },
    // Forms report an empty required field when they are submitted.
    InputWrapper: { defaultProps: { withAsterisk: false } },
    SegmentedControl: { defaultProps: { withItemsBorders: false } },
    Switch: { defaultProps: { withThumbIndicator: false } },
  },
  headings: { fontWeight: '650', sizes: { h1: { fontSize: '1.75rem' }, h2: { fontSize: '1.125rem' } } },
})

/** The contrast of Mantine's dimmed, placeholder and error texts on our surfaces is below WCAG's 4.5:1. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#665f57',
    '--mantine-color-placeholder': '#736b62',
    '--mantine-color-error': '#b3261e',
    '--mantine-color-text': '#25221f',
  },
  dark: {
    '--mantine-color-dimmed': '#aca49a',
    '--mantine-color-placeholder': '#a0978c',
    '--mantine-color-error': '#ff9d94',
    '--mantine-color-text': '#ece7e0',
  },
})
