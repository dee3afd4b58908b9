export const lan = {
  title: 'Other devices in your network',
  reaches: {
    none: ['Only this computer', 'No other device can reach Latchkey. Right for most people.'],
    all: ['All devices in my network', 'Phones and other computers may come in with a key, wherever this computer is.'],
    some: ['Only in certain networks', 'You choose by which of this computer’s addresses.'],
  } satisfies Record<'none' | 'all' | 'some', readonly [title: string, hint: string]>,
  ownAddresses: (addresses: string) => `This computer’s addresses in your network: ${addresses}`,
  noAddresses: 'This computer is in no network at the moment.',
  chooseLabel: 'Reachable at',
  notHere: (address: string) => `${address} (not in this network now)`,
  warning: 'Only in a network you trust',
  warningText:
    'At home, not in a café. Nobody gets in without a key, but questions, answers and keys travel through the network unencrypted.',
  addressLabel: 'Address for other devices',
}
