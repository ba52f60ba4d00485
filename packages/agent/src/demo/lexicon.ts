/** Word lists of the demo model. Not complete, and need not be: what is not found is asked for. */

/** Words people use for one thing: a tool whose name or description has one is meant by the others too. */
export const related: readonly string[][] = [
  'weather forecast temperature rain umbrella sun sunny snow wind windy hot cold warm storm cloudy humid degrees jacket climate'.split(
    ' ',
  ),
  'currency exchange money euro dollar pound yen franc usd eur gbp jpy chf rate'.split(' '),
  'calendar meeting appointment event schedule invite reminder book'.split(' '),
  'issue bug ticket defect problem'.split(' '),
  'calculate calculator math arithmetic plus minus times divided sum multiply add subtract square compute'.split(
    ' ',
  ),
  'person people colleague employee directory contact phone email extension staff team'.split(' '),
  'order package parcel shipped shipping shipment delivery purchase tracking arrive'.split(' '),
  'translate translation language french german spanish italian portuguese english japanese'.split(' '),
  'unit convert kilometer mile meter foot inch pound kilogram celsius fahrenheit liter gallon'.split(' '),
  'time clock timezone hour'.split(' '),
  'recipe cook dish ingredient meal'.split(' '),
  'flight fly plane airport airline'.split(' '),
  'hotel room stay accommodation booking reservation'.split(' '),
  'stock share ticker price market'.split(' '),
  'news headline article'.split(' '),
  'rainfall rain precipitation'.split(' '),
];

/** The same for verbs, which say less about which tool is meant. */
export const relatedVerbs: readonly string[][] = [
  'search find look lookup query'.split(' '),
  'create make add new open'.split(' '),
  'delete remove cancel'.split(' '),
];

/** ISO 4217 codes and what people say and write for them. */
export const currencies: Readonly<Record<string, readonly string[]>> = {
  EUR: ['€', 'euro', 'euros'],
  USD: ['$', 'us dollar', 'us dollars', 'dollar', 'dollars', 'bucks'],
  GBP: ['£', 'british pound', 'british pounds', 'pound sterling', 'pound', 'pounds', 'quid'],
  JPY: ['¥', 'yen'],
  CHF: ['swiss franc', 'swiss francs', 'franc', 'francs'],
  CAD: ['canadian dollar', 'canadian dollars'],
  AUD: ['australian dollar', 'australian dollars'],
  CNY: ['yuan', 'renminbi'],
  INR: ['₹', 'rupee', 'rupees'],
  BRL: ['real', 'reais'],
  SEK: ['swedish krona', 'swedish kronor'],
  NOK: ['norwegian krone', 'norwegian kroner'],
  DKK: ['danish krone', 'danish kroner'],
  PLN: ['zloty'],
  MXN: ['mexican peso', 'mexican pesos'],
  KRW: ['won'],
};

/** ISO 639-1 codes and English names. */
export const languages: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  (
    'ar Arabic|bg Bulgarian|cs Czech|da Danish|de German|el Greek|en English|es Spanish|et Estonian|fi Finnish|fr French|' +
    'he Hebrew|hi Hindi|hr Croatian|hu Hungarian|id Indonesian|it Italian|ja Japanese|ko Korean|lt Lithuanian|lv Latvian|' +
    'nl Dutch|no Norwegian|pl Polish|pt Portuguese|ro Romanian|ru Russian|sk Slovak|sl Slovenian|sv Swedish|th Thai|' +
    'tr Turkish|uk Ukrainian|vi Vietnamese|zh Chinese'
  )
    .split('|')
    .map((entry) => [entry.slice(0, 2), [entry.slice(3)]]),
);

/** Unit symbols and what people write for them. */
export const units: Readonly<Record<string, readonly string[]>> = {
  km: ['kilometer', 'kilometers', 'kilometre', 'kilometres', 'kms'],
  m: ['meter', 'meters', 'metre', 'metres'],
  cm: ['centimeter', 'centimeters', 'centimetre', 'centimetres'],
  mm: ['millimeter', 'millimeters', 'millimetre', 'millimetres'],
  mi: ['mile', 'miles'],
  yd: ['yard', 'yards'],
  ft: ['foot', 'feet'],
  in: ['inch', 'inches'],
  kg: ['kilogram', 'kilograms', 'kilo', 'kilos'],
  g: ['gram', 'grams'],
  lb: ['pound', 'pounds', 'lbs'],
  oz: ['ounce', 'ounces'],
  l: ['liter', 'liters', 'litre', 'litres'],
  ml: ['milliliter', 'milliliters', 'millilitre', 'millilitres'],
  gal: ['gallon', 'gallons'],
  c: ['celsius', '°c', 'degrees celsius', 'centigrade'],
  f: ['fahrenheit', '°f', 'degrees fahrenheit'],
  k: ['kelvin'],
  'km/h': ['kph', 'kmh', 'kilometers per hour', 'kilometres per hour'],
  mph: ['miles per hour'],
  s: ['second', 'seconds', 'sec'],
  min: ['minute', 'minutes'],
  h: ['hour', 'hours', 'hr', 'hrs'],
  day: ['days'],
};

export const weekdays = [
  'sunday',
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
] as const;

export const months = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
] as const;

export const numberWords: Readonly<Record<string, number>> = {
  one: 1,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
  ten: 10,
  eleven: 11,
  twelve: 12,
};
