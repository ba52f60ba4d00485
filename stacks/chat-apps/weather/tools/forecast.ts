import { defineTool } from '@parley/contract/tool';
import { z } from 'zod';
import { openMeteoSettings } from '../forecast/config.ts';
import { forecast } from '../forecast/forecast.ts';

export const tool = defineTool({
  name: 'forecast',
  description:
    'Tells the weather of a city on one day, up to 15 days ahead: temperatures, chance of rain, wind. ' +
    'Without a network, or for days further away, it tells what is usual there in that month, and says so.',
  input: z.object({
    city: z
      .string()
      .min(1)
      .describe(
        'City, such as "Lisbon"; a country or region may follow after a comma, as in "Springfield, Illinois"',
      ),
    day: z
      .string()
      .optional()
      .describe(
        '"today" (the default), "tomorrow", a weekday such as "friday", or a date such as "2026-11-23"',
      ),
  }),
  handler: (input) => forecast(input, openMeteoSettings()),
});
