/**
 * A package as Debian's `dpkg-deb` makes them, with a file and a link to it. Node cannot compress to .xz, so it is
 * kept as it was made.
 */
export const samplePackage = Buffer.from(
  [
    'ITxhcmNoPgpkZWJpYW4tYmluYXJ5ICAgMCAgICAgICAgICAgMCAgICAgMCAgICAgMTAwNjQ0ICA0ICAgICAgICAgYAoyLjAKY29u',
    'dHJvbC50YXIueHogIDAgICAgICAgICAgIDAgICAgIDAgICAgIDEwMDY0NCAgMjg4ICAgICAgIGAK/Td6WFoAAATm1rRGBMDgAYBQ',
    'IQEWAAAAAAAAAJ/Dh3vgJ/8A2F0AFwu8HH0BlcAdSj55Fb94+k2ePc5M6nMbu0dOjn0Gi9X/vyaEOIV1g0aBLJruq20gUkgZ9hT2',
    'JlPCr3XVukNcpTwjoTfjBCtUL1OwnTwo2UF1fSfJtkBXs2bwWS2lEiJUwHXh+J9Ie6P+hARBvdOfMfI+d1vk9IFdA+KXhSBqsIEv',
    'S5QMnyxWTOOsyOSCj1TY/pbjmw924YJNKFW2wA21+KH9WexxBHsi3gDQZ0F6Oo89MlS+XjSms9MMdGMdh7WlMdTJmsrpMbitot7T',
    'dPhLMgPWdOhaYZAAAEdA8Wqk+UAAAAH8AYBQAACEvIAdscRn+wIAAAAABFlaZGF0YS50YXIueHogICAgIDAgICAgICAgICAgIDAg',
    'ICAgIDAgICAgIDEwMDY0NCAgMjY0ICAgICAgIGAK/Td6WFoAAATm1rRGBMDHAYBQIQEWAAAAAAAAAIcRLtPgJ/8Av10AFwu8HH0B',
    'lcAdSj55Fb94+k2ePc5M6nMbu0dOjn0Gi9X/vyaEOIV1g0aBLJruq3AqwjRasMOhuXhXtafBb3509Eaays426Hbf8Y6qjmvN1EeV',
    'Of+GPJgKDuDpiych/rmzPhVJBAHRfprHCYzBNykQ8epiM2AwAa2c4d303FGCm/ugUfkKGvqqRsIc6rDtT6bHM6j+7qlOaSEwL1lx',
    'tooy+RKbRk2HELaksaLiuxyQ5aeaPIUhLnceJbRfxxXQEwAAAJGHPqThHOAWAAHjAYBQAADKDADvscRn+wIAAAAABFla',
  ].join(''),
  'base64',
);
