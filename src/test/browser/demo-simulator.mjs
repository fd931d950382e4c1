// The simulator of the demo: node demo-simulator.mjs <urlA> <urlB> [screenshot folder]
import { browserOf, check, enter, looksGood, run, until } from './demo-page.mjs';

const [url, , folder] = process.argv.slice(2);

const stateOf = (page, type, state) =>
  until(`${type} is ${state}`, page, ([type, state]) => document.querySelector(`[data-socket=${type}] [data-state=${state}]`), [type, state]);

await run(async () => {
  const context = await browserOf('sam');
  let sockets = 0;
  context.on('page', (page) => page.on('websocket', () => sockets++));
  const sam = await enter(context, url, 'Sam', 'simulator');
  await stateOf(sam, 'simulation', 'disconnected');
  check('a named connection opens when it is used', sockets === 0, sockets);

  await sam.click('[data-testid=play]');
  await stateOf(sam, 'simulation', 'connected');
  await until('the trainer answers', sam, () => document.querySelector('[data-testid=answers] li'));
  const heard = await sam.$eval('[data-testid=answers] li', ({ dataset }) => ({ ...dataset }));
  // Two tones of 440 Hz at half of full scale, half a second each, in a second and a half.
  check('it heard all', heard.duration === '1500', heard);
  check('when there was sound', heard.voiced === '[[0,500],[1000,1500]]', heard);
  check('how high', Math.abs(Number(heard.pitch) - 440) <= 2, heard);
  check('how loud', Math.abs(Number(heard.peak) + 6) <= 0.1 && Math.abs(Number(heard.loudness) + 10.8) <= 0.1, heard);

  await sam.click('[data-testid=play]');
  await until('and again, on the same connection', sam, () => document.querySelectorAll('[data-testid=answers] li').length === 2);
  await sam.click('[data-socket=assessments] button');
  await stateOf(sam, 'assessments', 'connected');
  check('one connection a name', sockets === 2, sockets);
  await looksGood(sam, 'simulator', folder);
  await sam.click('[data-socket=simulation] button');
  await stateOf(sam, 'simulation', 'disconnected');
  const events = await sam.$$eval('[data-testid=events] li', (all) => all.map((line) => line.textContent));
  check('its end is told', events.at(-1) === 'disconnected 1000', events);
  return { heard };
});
