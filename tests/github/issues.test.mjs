import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withStandIn } from './support/stand-in.mjs';

test('issues are opened, found by label and state, commented on, closed and opened again', () => withStandIn([], null, async ({ bot, alice }) => {
  const { status, json } = await bot.post('/issues', { title: 'Drift in production', body: 'b', labels: ['solana', { name: 'drift' }] });
  assert.deepEqual([status, json.number, json.state, json.user.login, json.labels.map(({ name }) => name)], [201, 1, 'open', 'github-actions[bot]', ['solana', 'drift']]);
  await alice.post('/issues', { title: 'Another' });
  const of = async (query) => (await bot.all(`/issues?${query}`)).map(({ number }) => number);
  assert.deepEqual(await of(''), [2, 1]);
  assert.deepEqual(await of('labels=solana,drift'), [1]);
  assert.deepEqual(await of('creator=alice'), [2]);
  assert.deepEqual(await of('direction=asc&per_page=1'), [1, 2]);
  const comment = await bot.post('/issues/1/comments', { body: 'Still there.' });
  assert.equal(comment.status, 201);
  assert.equal((await bot.patch(`/issues/comments/${comment.json.id}`, { body: 'Gone.' })).json.body, 'Gone.');
  assert.deepEqual((await bot.all('/issues/1/comments')).map(({ body }) => body), ['Gone.']);
  const closed = (await bot.patch('/issues/1', { state: 'closed' })).json;
  assert.deepEqual([closed.state, closed.state_reason, closed.closed_by.login, closed.comments], ['closed', 'completed', 'github-actions[bot]', 1]);
  assert.deepEqual([await of(''), await of('state=closed'), await of('state=all')], [[2], [1], [2, 1]]);
  assert.equal((await bot.patch('/issues/1', { state: 'open' })).json.closed_at, null);
  assert.equal((await bot.remove(`/issues/comments/${comment.json.id}`)).status, 204);
  assert.deepEqual(await bot.all('/issues/1/comments'), []);
}));

test('titles and bodies have limits', () => withStandIn([], null, async ({ bot }) => {
  assert.equal((await bot.post('/issues', {})).json.message, 'Invalid request.\n\n"title" wasn\'t supplied.');
  assert.equal((await bot.post('/issues', { title: ' ' })).json.errors[0].code, 'missing_field');
  assert.equal((await bot.post('/issues', { title: 'x'.repeat(257) })).json.errors[0].message, 'title is too long (maximum is 256 characters)');
  assert.equal((await bot.post('/issues', { title: 'x', body: 'y'.repeat(65_537) })).json.errors[0].message, 'body is too long (maximum is 65536 characters)');
  assert.equal((await bot.post('/issues', { title: 'x', body: 'y'.repeat(65_536) })).status, 201);
  assert.equal((await bot.get('/issues/7')).status, 404);
}));
