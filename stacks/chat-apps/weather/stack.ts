import { ChatApp } from '@parley/cdk/chat-app';
import { LambdaTool } from '@parley/cdk/lambda-tool';
import { parleyApp } from '@parley/cdk/parley-app';

export const app = parleyApp(import.meta, (stack) => {
  const forecast = new LambdaTool(stack, 'Forecast', { tool: 'forecast' });
  new ChatApp(stack, 'ChatApp', {
    title: 'Weather',
    description: 'Tells what the weather will be in a city.',
    icon: '⛅',
    suggestions: ['What will the weather be in Lisbon tomorrow?', 'Do I need an umbrella in Oslo on Friday?'],
    // An itinerary, say, whose places it is asked about.
    features: { attachments: true },
    agent: { instructions: 'prompt.md', tools: [forecast] },
  });
});
