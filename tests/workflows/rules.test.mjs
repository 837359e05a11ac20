import assert from 'node:assert/strict';
import { test } from 'node:test';
import { read, workflows } from './support/files.mjs';
import { complaints, rewritten, rules } from './rules.mjs';

for (const path of workflows) {
  test(`${path} keeps the house rules`, () => assert.deepEqual(complaints(path, read(path), read), []));
}

/** One change for each rule, in a file that kept it. */
const breaks = {
  'an action is pinned by the SHA of the version beside it': ['deploy', /# v7\.0\.1/, '# v7.0.2'],
  'no script has an expression in it': ['deploy', 'refs/tags/v$VERSION"', 'refs/tags/v${{ inputs.version }}"'],
  'nothing is granted at the top': ['deploy', '\npermissions: {}\n\njobs', '\njobs'],
  'every job says what it is granted, and why': ['deploy', ' # read the ledger', ''],
  'a job is granted what its steps need, and no more': ['deploy', 'deployments: read # read the ledger', 'deployments: write # read the ledger'],
  'everything has a name': ['deploy', '    name: Plan for ${{ inputs.environment }}\n', ''],
  'every job ends': ['deploy', '    timeout-minutes: 120\n', ''],
  'a checkout leaves no credentials behind': ['deploy', 'persist-credentials: false', 'persist-credentials: true'],
  'a job that deploys waits in a queue and cancels nobody': ['deploy', '      queue: max\n', ''],
  'one group is never two kinds of work': ['rollback', 'group: solana-rollback-', 'group: solana-deploy-'],
  'a job that deploys is behind its environment': ['deploy', '      name: ${{ inputs.environment }}\n', '      name: anything\n'],
  'what is reclaimed is approved, in a queue of its own': ['compliance', '      name: ${{ inputs.reclaim-environment }}\n', '      name: anything\n'],
  'what members decided is carried out behind an environment of its own, one run at a time': ['continue', 'inputs.member-environment || ', ''],
  'no channel can fail a job': ['smoke-test', /        continue-on-error: true.*\n/, ''],
  'GitHub adds a deployment of its own only where it is asked to': ['deploy', 'deployment: ${{ inputs.github-deployment }}', 'deployment: true'],
  'keys are in reach of jobs behind an environment only': ['deploy', 'payer: ${{ inputs.payer-address }}', 'payer: ${{ secrets.SOLANA_PAYER }}'],
  'a script sees no secret but the job\'s token': ['deploy', 'VERSION: ${{ steps.gates.outputs.version }}', 'VERSION: ${{ secrets.SMOKE_TOKEN }}'],
  'a build sees no secret': ['build', 'VARIANT: ${{ matrix.variant }}', 'VARIANT: ${{ secrets.ANYTHING }}'],
  'a deploy is never skipped because what it needs was': ['deploy', /    if: \$\{\{ !cancelled\(\).*\n/, ''],
  'what is published was checked, and what is tagged was tried': ['publish', 'needs: [commit, self-test]', 'needs: commit'],
  'what is fetched was kept by a job that is waited for': ['security', '    needs: collect\n', ''],
  'dependencies are compared where there are two sides': ['ci', '    if: github.event_name == \'pull_request\'\n', ''],
  'every input is used, and none that is not there': ['deploy', 'max-spend: ${{ inputs.max-spend }}', 'max-spend: ${{ inputs.most }}'],
  'what an expression refers to is there': ['deploy', 'spec: ${{ steps.release.outputs.spec }}', 'spec: ${{ steps.release.outputs.specs }}'],
  'what is called is given what it takes': ['deploy', 'payer: ${{ inputs.payer-address }}', 'pays: ${{ inputs.payer-address }}'],
  'a caller grants what it calls is granted': ['smoke-test', '      id-token: write # rollback.yml: log in to the provider that holds the keys\n', ''],
};

test('every rule has a file that breaks it', () => assert.deepEqual(Object.keys(breaks), Object.keys(rules)));

for (const [rule, [name, from, to]] of Object.entries(breaks)) {
  test(`it is noticed when this does not hold: ${rule}`, () => {
    const path = `.github/workflows/${name}.yml`;
    const text = read(path);
    const changed = text.replace(from, () => to);
    assert.notEqual(changed, text, 'the change is a change');
    assert.ok(complaints(path, changed, read).some((complaint) => complaint.startsWith(`${rule}: `)), complaints(path, changed, read).join('\n'));
  });
}

test('what the library writes again is as good', () => {
  for (const path of workflows) assert.deepEqual(complaints(path, rewritten(read(path)), read), [], path);
});
