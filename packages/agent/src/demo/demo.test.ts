import type { LambdaToolDefinition } from '@parley/contract/agent';
import type { Message } from '@parley/contract/message';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { agentWith, assistantMessage, invokerOf, record, toolNamed, userMessage } from '../testing/run.ts';

/** A Saturday. */
const now = () => new Date('2026-11-21T10:00:00');

const forecast = toolNamed(
  'forecast',
  'Gets the weather forecast for a city.',
  {
    city: { type: 'string', description: 'Name of the city, such as "Lisbon"' },
    day: { type: 'string', description: '"today", "tomorrow" or a date as YYYY-MM-DD. Default: today.' },
  },
  ['city'],
);
const currency = toolNamed(
  'convert_currency',
  'Converts an amount of money from one currency to another at today’s exchange rate.',
  {
    amount: { type: 'number', description: 'Amount to convert' },
    from: { type: 'string', description: 'ISO 4217 currency code to convert from' },
    to: { type: 'string', description: 'ISO 4217 currency code to convert to' },
  },
);
const issues = toolNamed(
  'searchIssues',
  'Searches the issue tracker and returns matching issues.',
  {
    query: { type: 'string', description: 'Words to search for' },
    state: { type: 'string', enum: ['open', 'closed', 'all'], default: 'open' },
    labels: { type: 'array', items: { type: 'string', enum: ['bug', 'feature', 'docs'] } },
    limit: { type: 'integer', minimum: 1, maximum: 50 },
  },
  ['query'],
);
const calculator = toolNamed('calculator', 'Evaluates an arithmetic expression.', {
  expression: { type: 'string', description: 'Expression, such as "2 * (3 + 4)"' },
});
const unitNames = ['kilometers', 'miles', 'meters', 'feet', 'celsius', 'fahrenheit', 'kilograms', 'pounds'];
const units = toolNamed(
  'convert-units',
  'Converts a value between units of length, weight and temperature.',
  {
    value: { type: 'number' },
    fromUnit: { type: 'string', enum: unitNames },
    toUnit: { type: 'string', enum: unitNames },
  },
);
const calendar = toolNamed(
  'create_event',
  'Creates an event in the calendar.',
  {
    title: { type: 'string', description: 'Title of the event' },
    start: { type: 'string', format: 'date-time' },
    attendees: { type: 'array', items: { type: 'string', format: 'email' } },
    allDay: { type: 'boolean' },
  },
  ['title', 'start'],
);
const people = toolNamed(
  'findPerson',
  'Looks up a colleague in the company directory: phone, email and office.',
  {
    name: { type: 'string', description: 'Name of the person' },
  },
);
const orders = toolNamed(
  'order_status',
  'Tells where an order is and when it will be delivered.',
  {
    orderId: { type: 'string', pattern: '^[A-Z]{2}-\\d{5}$', description: 'Order number, such as AB-12345' },
    includeHistory: { type: 'boolean', description: 'Also list every past event' },
  },
  ['orderId'],
);
const translator = toolNamed('translate', 'Translates a text into another language.', {
  text: { type: 'string', description: 'Text to translate' },
  targetLanguage: { type: 'string', description: 'Language to translate into, as an ISO 639-1 code' },
});
const all = [forecast, currency, issues, calculator, units, calendar, people, orders, translator];

/** The first tool call the demo model makes, or its text. */
async function askDemo(
  ask: string,
  tools: LambdaToolDefinition[] = all,
  before: Message[] = [],
  output: unknown = { done: true },
) {
  const invoker = invokerOf(() => output);
  const history = [...before, userMessage(ask)];
  const run = await record({
    history,
    agent: agentWith(tools),
    tools: invoker,
    modelOptions: { demoWordDelayMs: 0, now },
  });
  expect(run.outcome.finish).toBe('finished');
  const call = invoker.calls[0];
  return {
    tool: call?.tool.name,
    input: call?.input,
    text: run.text,
    history: [...history, assistantMessage(run.parts)],
  };
}

describe('the demo model, with nine tools that it has never seen', () => {
  it.each<[string, string, object]>([
    ['What will the weather be in Lisbon tomorrow?', 'forecast', { city: 'Lisbon', day: 'tomorrow' }],
    ['Will it rain in Rio de Janeiro on Friday?', 'forecast', { city: 'Rio de Janeiro', day: '2026-11-27' }],
    ['weather in new york', 'forecast', { city: 'new york' }],
    ['Do I need an umbrella in Porto today?', 'forecast', { city: 'Porto', day: 'today' }],
    ['Forecast for São Paulo in 3 days please', 'forecast', { city: 'São Paulo', day: '2026-11-24' }],
    ['How hot will London be the day after tomorrow?', 'forecast', { city: 'London', day: '2026-11-23' }],
    ["What's the weather like in Paris?", 'forecast', { city: 'Paris' }],
    [
      'Is it cold in Springfield, Illinois on Sunday?',
      'forecast',
      { city: 'Springfield', day: '2026-11-22' },
    ],
    ['Convert 100 euros to dollars', 'convert_currency', { amount: 100, from: 'EUR', to: 'USD' }],
    ['How much is £2,500.50 in yen?', 'convert_currency', { amount: 2500.5, from: 'GBP', to: 'JPY' }],
    ['What are 20 USD in CHF', 'convert_currency', { amount: 20, from: 'USD', to: 'CHF' }],
    ['Find closed issues about "login page"', 'searchIssues', { query: 'login page', state: 'closed' }],
    [
      'Search for bugs about slow uploads, limit 5',
      'searchIssues',
      { query: 'slow uploads', labels: ['bug'], limit: 5 },
    ],
    ['What is 12 * (3 + 4)?', 'calculator', { expression: '12 * (3 + 4)' }],
    ['calculate 15 plus 27', 'calculator', { expression: '15 + 27' }],
    [
      'Convert 10 miles to kilometers',
      'convert-units',
      { value: 10, fromUnit: 'miles', toUnit: 'kilometers' },
    ],
    ['How many feet are 3.5 meters?', 'convert-units', { value: 3.5, fromUnit: 'meters', toUnit: 'feet' }],
    ['convert 20 km to miles', 'convert-units', { value: 20, fromUnit: 'kilometers', toUnit: 'miles' }],
    [
      'Create an event called "Design review" tomorrow at 3 pm with ann@example.com and bob@example.com',
      'create_event',
      {
        title: 'Design review',
        start: '2026-11-22T15:00:00Z',
        attendees: ['ann@example.com', 'bob@example.com'],
      },
    ],
    [
      'Schedule a meeting about budgets on Monday at 09:30',
      'create_event',
      { title: 'budgets', start: '2026-11-23T09:30:00Z' },
    ],
    ['Who is Grace Hopper?', 'findPerson', { name: 'Grace Hopper' }],
    ["What is Ada Lovelace's phone number?", 'findPerson', { name: 'Ada Lovelace' }],
    ['Where is my order AB-12345?', 'order_status', { orderId: 'AB-12345' }],
    [
      'Status of ab-98765, including the history',
      'order_status',
      { orderId: 'AB-98765', includeHistory: true },
    ],
    ['Translate "Good morning" into French', 'translate', { text: 'Good morning', targetLanguage: 'fr' }],
    [
      'translate where is the station to German',
      'translate',
      { text: 'where is the station', targetLanguage: 'de' },
    ],
  ])('%s', async (ask, tool, input) => {
    expect(await askDemo(ask)).toMatchObject({ tool, input });
    expect((await askDemo(ask)).input).toEqual(input);
  });

  it.each(['Hello!', 'Thanks', 'What can you do?', 'Tell me a joke'])(
    'says what it is and can do: %s',
    async (ask) => {
      const { tool, text } = await askDemo(ask);
      expect(tool).toBeUndefined();
      expect(text).toMatch(/built-in demo model/);
      expect(text).toMatch(/Order status: Tells where an order is/);
    },
  );

  it('says that it has no tools when there are none', async () => {
    expect((await askDemo('What is the weather in Lisbon?', [])).text).toMatch(/demo model.*no tools/s);
  });
});

const text = (description?: string, more: object = {}) => ({
  type: 'string',
  ...(description && { description }),
  ...more,
});
const others = [
  toolNamed('get_stock_quote', 'Returns the latest price of a share.', {
    ticker: text('Ticker symbol, such as AMZN'),
  }),
  toolNamed('book_table', 'Books a table in a restaurant.', {
    restaurant: text('Name of the restaurant'),
    partySize: { type: 'integer', minimum: 1, maximum: 20, description: 'Number of people' },
    date: text(undefined, { format: 'date' }),
    time: text('Time as HH:MM'),
  }),
  toolNamed('sendEmail', 'Sends an email.', {
    to: { type: 'array', items: text(undefined, { format: 'email' }) },
    subject: text(),
    body: text('Body of the email'),
  }),
  toolNamed(
    'recipe-search',
    'Finds recipes by ingredient or dish.',
    {
      ingredients: { type: 'array', items: text() },
      vegetarian: { type: 'boolean' },
      maxMinutes: { type: 'integer' },
    },
    ['ingredients'],
  ),
  toolNamed('flights', 'Finds flights between two cities.', {
    origin: text('City of departure'),
    destination: text('City of arrival'),
    date: text('Date as YYYY-MM-DD'),
    passengers: { type: 'integer', minimum: 1, default: 1 },
  }),
  toolNamed('set_reminder', 'Sets a reminder.', {
    what: text('What to be reminded of'),
    when: text(undefined, { format: 'date-time' }),
  }),
  toolNamed('wiki', 'Looks up an article in the encyclopedia.', { topic: text() }),
  toolNamed(
    'createTicket',
    'Opens a support ticket.',
    {
      title: text('Short title'),
      priority: { anyOf: [text(undefined, { enum: ['low', 'medium', 'high'] }), { type: 'null' }] },
    },
    ['title', 'priority'],
  ),
  toolNamed(
    'invoices',
    'Lists invoices of a customer.',
    {
      customerId: text('Customer id, such as C-1001'),
      since: text(undefined, { format: 'date' }),
      unpaidOnly: { type: 'boolean' },
    },
    ['customerId'],
  ),
  toolNamed('roll_dice', 'Rolls dice and returns the sum.', {
    count: { type: 'integer', minimum: 1, description: 'How many dice' },
    sides: { type: 'integer', minimum: 2, default: 6 },
  }),
  toolNamed('shorten', 'Makes a short link of a URL.', { url: text(undefined, { format: 'uri' }) }),
  toolNamed('list_servers', 'Lists the servers that run.'),
  toolNamed('ship', 'Ships a parcel.', {
    parcel: {
      type: 'object',
      properties: { weightKg: { type: 'number' }, fragile: { type: 'boolean' } },
      required: ['weightKg'],
    },
    to: text('City to ship to'),
  }),
];

describe('the demo model, with twelve others', () => {
  it.each<[string, string, object]>([
    ['How is Apple stock doing (AAPL)?', 'get_stock_quote', { ticker: 'AAPL' }],
    [
      'Book a table for 4 people at Chez Paul on Friday at 19:30',
      'book_table',
      { restaurant: 'Chez Paul', partySize: 4, date: '2026-11-27', time: '19:30' },
    ],
    [
      'Book a table at Nonna for two tomorrow at 8 pm',
      'book_table',
      { restaurant: 'Nonna', partySize: 2, date: '2026-11-22', time: '20:00' },
    ],
    [
      'Send an email to ann@example.com with subject "Lunch" and body "See you at noon"',
      'sendEmail',
      { to: ['ann@example.com'], subject: 'Lunch', body: 'See you at noon' },
    ],
    [
      'Find vegetarian recipes with tomatoes, basil and mozzarella',
      'recipe-search',
      { ingredients: ['tomatoes', 'basil', 'mozzarella'], vegetarian: true },
    ],
    ['recipes with chicken under 30 minutes', 'recipe-search', { ingredients: ['chicken'], maxMinutes: 30 }],
    [
      'flights to Madrid from Porto next friday for 2 passengers',
      'flights',
      { origin: 'Porto', destination: 'Madrid', date: '2026-11-27', passengers: 2 },
    ],
    [
      'Remind me to call mum at 5pm tomorrow',
      'set_reminder',
      { what: 'call mum', when: '2026-11-22T17:00:00Z' },
    ],
    [
      'Set a reminder for Monday 9 am to pay rent',
      'set_reminder',
      { what: 'pay rent', when: '2026-11-23T09:00:00Z' },
    ],
    ['Look up Alan Turing', 'wiki', { topic: 'Alan Turing' }],
    [
      'Open a ticket: the printer is broken, high priority',
      'createTicket',
      { title: 'the printer is broken', priority: 'high' },
    ],
    [
      'Show unpaid invoices of C-1001 since 1 March',
      'invoices',
      { customerId: 'C-1001', since: '2026-03-01', unpaidOnly: true },
    ],
    ['Roll 3 dice with 20 sides', 'roll_dice', { count: 3, sides: 20 }],
    ['roll two dice', 'roll_dice', { count: 2 }],
    [
      'Shorten https://example.com/a/very/long?x=1',
      'shorten',
      { url: 'https://example.com/a/very/long?x=1' },
    ],
    ['Which servers are running?', 'list_servers', {}],
    [
      'Ship a fragile parcel of 3.5 kg to Porto',
      'ship',
      { parcel: { weightKg: 3.5, fragile: true }, to: 'Porto' },
    ],
  ])('%s', async (ask, tool, input) => {
    expect(await askDemo(ask, others)).toMatchObject({ tool, input });
  });

  it('finds the one among sixty others', async () => {
    const many = Array.from({ length: 60 }, (_, i) =>
      toolNamed(`widget_${i}`, `Reads widget number ${i}.`, { id: text() }),
    );
    const { tool } = await askDemo('Where is my order AB-12345?', [...many, orders]);
    expect(tool).toBe('order_status');
  });

  it.each([
    'lisbon tomorrow',
    'weather lisbon tomorrow',
    "What's Lisbon's weather tomorrow?",
    'Lisbon tomorrow?',
  ])('understands a few words when there is one tool: %s', async (ask) => {
    const { input } = await askDemo(ask, [forecast]);
    expect(input).toEqual({ city: expect.stringMatching(/^lisbon$/i) as string, day: 'tomorrow' });
  });
});

describe('the demo model, asked for too little', () => {
  it('asks for what is missing, and takes the answer for it', async () => {
    const first = await askDemo('What will the weather be tomorrow?');
    expect(first).toMatchObject({
      tool: undefined,
      text: expect.stringMatching(/still need \*\*City\*\* \(Name of the city/) as string,
    });
    expect(await askDemo('Lisbon', all, first.history)).toMatchObject({
      tool: 'forecast',
      input: { city: 'Lisbon', day: 'tomorrow' },
    });
    expect(await askDemo('in lisbon please', all, first.history)).toMatchObject({
      input: { city: 'lisbon' },
    });
  });

  it('asks again for the rest', async () => {
    const first = await askDemo('Convert some money');
    expect(first.text).toMatch(/\*\*Amount\*\*.*\*\*From\*\*.*\*\*To\*\*/);
    const second = await askDemo('100 euros', all, first.history);
    expect(second.text).toMatch(/still need \*\*To\*\*/);
    expect(await askDemo('to yen', all, second.history)).toMatchObject({
      input: { amount: 100, from: 'EUR', to: 'JPY' },
    });
  });

  it('lists the choices of a field that has them', async () => {
    expect((await askDemo('convert 10 miles', [units])).text).toMatch(
      /\*\*To unit\*\* \(one of kilometers, miles/,
    );
  });

  it('asks for an order number rather than make one up', async () => {
    const { tool, text } = await askDemo('Where is my order 77?');
    expect(tool).toBeUndefined();
    expect(text).toMatch(/Order id/);
  });

  it('does not take a greeting for an answer', async () => {
    const first = await askDemo('What will the weather be tomorrow?');
    expect((await askDemo('hello', all, first.history)).tool).toBeUndefined();
    expect((await askDemo('never mind, thanks', all, first.history)).tool).toBeUndefined();
  });
});

describe('the demo model, asked on', () => {
  it.each<[string, object]>([
    ['And in Porto?', { city: 'Porto', day: 'tomorrow' }],
    ['What about Sunday?', { city: 'Lisbon', day: '2026-11-22' }],
    ['and today?', { city: 'Lisbon', day: 'today' }],
    ['Porto?', { city: 'Porto', day: 'tomorrow' }],
  ])('keeps what the message does not change: %s', async (ask, input) => {
    const first = await askDemo('What will the weather be in Lisbon tomorrow?');
    expect(await askDemo(ask, all, first.history)).toMatchObject({ tool: 'forecast', input });
  });

  it('uses another tool when the message is about another', async () => {
    const first = await askDemo('What will the weather be in Lisbon tomorrow?');
    expect(await askDemo('What is 3 + 4?', all, first.history)).toMatchObject({ tool: 'calculator' });
  });
});

describe('the demo model, with a result', () => {
  it('words keys, units, lists and remarks', async () => {
    const { text } = await askDemo('Weather in Lisbon', all, [], {
      city: 'Lisbon',
      summary: 'sunny all day',
      days: [
        { date: '2026-11-21', maxTemperatureC: 18.25, rainMm: 0, windKmh: 12 },
        { date: '2026-11-22', maxTemperatureC: 17, rainMm: 3.1, windKmh: 20 },
      ],
      humidityPercent: 60,
      place: { city: 'Lisbon', country: 'Portugal' },
      alerts: [],
      indoor: false,
      source: 'climate normals',
      note: 'No network: these are averages.',
    });
    expect(text).toBe(
      [
        'Here is what “forecast” says for Lisbon:',
        'Sunny all day.',
        [
          '- Days:',
          '  - **2026-11-21**: max temperature 18.25 °C, rain 0 mm, wind 12 km/h',
          '  - **2026-11-22**: max temperature 17 °C, rain 3.1 mm, wind 20 km/h',
          '- Humidity: 60%',
          '- Place:',
          '  - City: Lisbon',
          '  - Country: Portugal',
          '- Indoor: no',
        ].join('\n'),
        'Source: climate normals',
        'Note: No network: these are averages.',
      ].join('\n\n'),
    );
  });

  it.each<[string, unknown, string]>([
    ['a plain text', 'All is well.', 'Here is what “order status” says for AB-12345: All is well.'],
    [
      'an amount with its unit',
      { amount: 92.5, currency: 'USD' },
      'says for AB-12345:\n\n- Amount: 92.5 USD',
    ],
    ['a list', ['Lisbon', 'Porto'], ':\n\n- Lisbon\n- Porto'],
    ['nothing', [], '“order status” found nothing for AB-12345.'],
    ['a long list', Array.from({ length: 25 }, (_, i) => `Row ${i}`), '- Row 9\n- and 15 more'],
  ])('words %s', async (_, output, words) => {
    expect((await askDemo('Where is order AB-12345?', all, [], output)).text).toContain(words);
  });
});

describe('the demo model as a model', () => {
  it('calls no tool without its required fields, whatever the message and the schema', async () => {
    const kinds = fc.constantFrom<object>(
      { type: 'string' },
      { type: ['string', 'null'] },
      { type: 'string', format: 'date' },
      { type: 'string', format: 'date-time' },
      { type: 'string', pattern: '([' },
      { type: 'string', enum: ['low', 'high', ''] },
      { const: 7 },
      { type: 'integer', minimum: 3 },
      { type: 'boolean' },
      { type: 'array', items: { type: 'string' } },
      { type: 'array' },
      { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] },
      { anyOf: [{ type: 'null' }, { type: 'number' }] },
      {},
    );
    const names = fc.constantFrom(
      'city',
      'from',
      'to',
      'query',
      'person',
      'id',
      'day',
      'count',
      'text',
      'unit',
      '名前',
      '__proto__x',
      '$',
    );
    const words = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom(
        'weather',
        'in',
        'Lisbon',
        'tomorrow',
        'from',
        'to',
        '3',
        '€5',
        '"quoted',
        '2 + 2',
        'high',
        "o'clock",
        '32 December',
        'at 25:99',
      ),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(names, kinds),
        fc.array(words, { maxLength: 12 }),
        async (properties, message) => {
          const tool = toolNamed('weather_tool', 'Tells the weather in a city.', properties);
          const asked = await askDemo(`weather ${message.join(' ')}`, [tool]);
          const given = asked.input as object | undefined;
          expect(Object.keys(properties).filter((name) => given && !(name in given))).toEqual([]);
          expect(asked.text).not.toBe('');
        },
      ),
      { numRuns: 150 },
    );
  });

  it.each([
    'a '.repeat(50_000),
    'Aa '.repeat(30_000),
    '1+'.repeat(50_000),
    '((1'.repeat(30_000),
    'in the '.repeat(15_000),
    "'".repeat(100_000),
  ])('answers a very long message too', async (ask) => {
    expect((await askDemo(ask, [...all, ...others])).history).toHaveLength(2);
  });

  it('writes word by word, and the same words for the same question', async () => {
    const [first, second] = [await record({ ask: 'Hello' }), await record({ ask: 'Hello' })];
    expect(first.events).toEqual(second.events);
    expect(first.events.filter(({ type }) => type === 'text-delta').length).toBe(
      first.text.split(' ').length,
    );
  });

  it('writes at the pace its settings name', async () => {
    const ending = new AbortController();
    const { outcome, events } = await record({
      model: { provider: 'demo', wordDelayMs: 10_000 },
      signal: ending.signal,
      onEvent: ({ type }) => void (type === 'text-delta' && setTimeout(() => ending.abort())),
    });
    expect(outcome.finish).toBe('stopped');
    expect(events.filter(({ type }) => type === 'text-delta')).toHaveLength(1);
    const atOnce = await record({
      model: { provider: 'demo', wordDelayMs: 0 },
      modelOptions: { demoWordDelayMs: 10_000 },
    });
    expect(atOnce.outcome.finish).toBe('finished');
  });

  it('offers an agent as it does a tool', async () => {
    const expert = agentWith([forecast], {
      id: 'weather-expert',
      description: 'Knows the weather everywhere.',
    });
    const run = await record({
      ask: 'Ask the expert about the weather in Lisbon',
      agent: agentWith([], { agents: ['weather-expert'] }),
      tools: invokerOf(() => 'Sunny.'),
      resolveAgent: () => Promise.resolve(expert),
    });
    expect(run.parts[1]).toMatchObject({ toolName: 'ask-weather-expert', state: 'output-available' });
    expect(run.text).toContain('Sunny.');
  });
});
