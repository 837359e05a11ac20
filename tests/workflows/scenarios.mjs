// What workflows are asked to do, and in which world. What then runs is in scenarios.golden.json, which is looked at like code.

const BUILT = { version: '1.2.0', 'build-artifact': 'solana-build', program: 'perps@default=solana-build/perps.default.so' };
const TO_STAGING = { environment: 'staging', 'payer-address': 'Payer', ...BUILT };
const TO_PRODUCTION = { environment: 'production', 'payer-address': 'Payer', version: '1.2.0' };
const BACK = { environment: 'production', reason: 'an alert', 'payer-address': 'Payer' };
const QUORUM = { approvals: { production: ['legal', 'ops'] } };
const SETTINGS = JSON.stringify({
  dev: { 'payer-address': 'DevPayer', 'rpc-url': 'https://dev.example' },
  test: { 'payer-address': 'TestPayer' }, beta: { 'payer-address': 'BetaPayer' },
  staging: { 'payer-address': 'StagingPayer', 'rpc-url': 'https://staging.example' },
  production: { 'payer-address': 'Payer', payer: 'vault-transit:transit/payer' },
});
const RECLAIM = { 'reclaim-environment': 'treasury', 'reclaim-cluster': 'devnet', 'reclaim-payer-address': 'Payer' };
const FIVE = ['dev', 'test', 'staging', 'beta', 'production'];

export const scenarios = {
  'a build with what the runner has': { workflow: 'build', inputs: {} },
  'a build that installs everything': {
    workflow: 'build',
    inputs: { cache: false, attest: false, 'solana-version': '2.1.0', 'anchor-version': '0.30.1', 'solana-verify-version': '0.4.0', 'rust-version': '1.80.0', 'node-version': '20' },
  },
  'a build that fails is not kept': { workflow: 'build', inputs: {}, attempts: [{ fails: ['Build'] }] },
  'a version that is none builds nothing': { workflow: 'build', inputs: { version: 'x' }, attempts: [{ fails: ['version'] }] },

  'the build goes to the first environment': { workflow: 'deploy', inputs: TO_STAGING },
  'a release goes on to the next': { workflow: 'deploy', inputs: TO_PRODUCTION },
  'a quorum approves': { workflow: 'deploy', inputs: TO_PRODUCTION, attempts: [QUORUM] },
  'programs that do not exist yet': { workflow: 'deploy', inputs: { ...TO_STAGING, 'create-programs': true }, attempts: [{ secrets: { SOLANA_PROGRAM_KEYPAIRS: 'perps=[1]' } }] },
  'one of a quorum refuses': { workflow: 'deploy', inputs: TO_PRODUCTION, attempts: [{ ...QUORUM, rejects: ['ops'] }] },
  'nobody is asked about a plan that is refused': { workflow: 'deploy', inputs: TO_PRODUCTION, attempts: [{ ...QUORUM, fails: ['plan/gates'] }] },
  'a plan that is refused deploys nothing': { workflow: 'deploy', inputs: TO_PRODUCTION, attempts: [{ fails: ['plan/gates'] }] },
  'nobody is asked about what cannot be paid': { workflow: 'deploy', inputs: TO_PRODUCTION, attempts: [{ fails: ['What would be sent, and what it costs'] }] },
  'a gate that closed meanwhile sends nothing': { workflow: 'deploy', inputs: TO_PRODUCTION, attempts: [{ fails: ['deploy/gates'] }] },
  'a reviewer of the environment refuses': { workflow: 'deploy', inputs: TO_PRODUCTION, attempts: [{ rejects: ['production'] }] },
  'a deploy that stops half-way is not called a release': { workflow: 'deploy', inputs: TO_PRODUCTION, attempts: [{ fails: ['deploy'] }] },
  'a deploy that stopped goes on when its failed jobs run again': { workflow: 'deploy', inputs: TO_PRODUCTION, attempts: [{ fails: ['deploy'] }, { github: { run_attempt: '2' } }] },
  'other bytes on chain are not smoke-tested': { workflow: 'deploy', inputs: TO_PRODUCTION, attempts: [{ fails: ['verify'] }] },
  'a smoke test that fails takes the release back': { workflow: 'deploy', inputs: TO_PRODUCTION, attempts: [{ fails: ['smoke'] }] },
  'a smoke test that fails stops where it shall': { workflow: 'deploy', inputs: { ...TO_PRODUCTION, 'on-smoke-failure': 'stop' }, attempts: [{ fails: ['smoke'] }] },
  'a way back that fails is not the end': { workflow: 'deploy', inputs: TO_PRODUCTION, attempts: [{ fails: ['smoke', 'rollback'] }] },
  'what ran before this run is not taken back': { workflow: 'deploy', inputs: TO_PRODUCTION, attempts: [{ fails: ['smoke'], outputs: { 'deploy.changed': 'false' } }] },
  'what the first attempt deployed is taken back by the second': { workflow: 'deploy', inputs: TO_PRODUCTION, attempts: [{ fails: ['smoke'], outputs: { 'deploy.changed': 'false' }, github: { run_attempt: '2' } }] },
  'without a spec there is no smoke test': { workflow: 'deploy', inputs: TO_PRODUCTION, attempts: [{ specs: [] }] },
  'mainnet from a tag': { workflow: 'deploy', inputs: { ...TO_PRODUCTION, 'require-tag': true } },
  'mainnet from no tag': { workflow: 'deploy', inputs: { ...TO_PRODUCTION, 'require-tag': true }, attempts: [{ fails: ['Only the version\'s tag goes to mainnet'] }] },
  'another cluster from no tag': { workflow: 'deploy', inputs: { ...TO_STAGING, 'require-tag': true } },
  'a word that is no choice': { workflow: 'deploy', inputs: { ...TO_PRODUCTION, 'on-smoke-failure': 'rolback' }, attempts: [{ fails: ['A word that is no choice is not taken for one'] }] },
  'a run that is cancelled before its deploy': { workflow: 'deploy', inputs: TO_PRODUCTION, attempts: [{ cancelAt: 'What would be sent, and what it costs' }] },
  'a run that is cancelled while it deploys': { workflow: 'deploy', inputs: TO_PRODUCTION, attempts: [{ cancelAt: 'deploy' }] },

  'one click': { workflow: 'release', inputs: { settings: SETTINGS } },
  'one click to a chain of one': { workflow: 'release', inputs: { settings: SETTINGS }, attempts: [{ chain: ['staging'] }] },
  'one click to a chain of five': { workflow: 'release', inputs: { settings: SETTINGS }, attempts: [{ chain: FIVE }] },
  'six are one too many': { workflow: 'release', inputs: { settings: SETTINGS }, attempts: [{ chain: [...FIVE, 'moon'], fails: ['Five environments at most'] }] },
  'one click as far as it shall go': { workflow: 'release', inputs: { settings: SETTINGS, until: 'staging', watch: '1h' } },
  'one click without a GitHub Release, then a watch': { workflow: 'release', inputs: { settings: SETTINGS, 'github-release': false, watch: '1h' } },
  'a build that fails goes nowhere': { workflow: 'release', inputs: { settings: SETTINGS, watch: '1h' }, attempts: [{ fails: ['Build'] }] },
  'a soak that is not over stops the chain, and it goes on a day later': { workflow: 'release', inputs: { settings: SETTINGS, watch: '1h' }, attempts: [{ fails: ['production/gates'] }, { github: { run_attempt: '2' } }] },
  'the first environment refuses': { workflow: 'release', inputs: { settings: SETTINGS, watch: '1h' }, attempts: [{ chain: FIVE, fails: ['dev/gates'] }] },
  'the second environment refuses': { workflow: 'release', inputs: { settings: SETTINGS, watch: '1h' }, attempts: [{ chain: FIVE, fails: ['test/gates'] }] },
  'the third environment refuses': { workflow: 'release', inputs: { settings: SETTINGS, watch: '1h' }, attempts: [{ chain: FIVE, fails: ['staging/gates'] }] },
  'the fourth environment refuses': { workflow: 'release', inputs: { settings: SETTINGS, watch: '1h' }, attempts: [{ chain: FIVE, fails: ['beta/gates'] }] },
  'the fifth environment refuses': { workflow: 'release', inputs: { settings: SETTINGS, watch: '1h' }, attempts: [{ chain: FIVE, fails: ['production/gates'] }] },
  'a chain that is cancelled stops': { workflow: 'release', inputs: { settings: SETTINGS, watch: '1h' }, attempts: [{ cancelAt: 'smoke' }] },

  'a rollback by hand': { workflow: 'rollback', inputs: { ...BACK, to: '1.0.0' } },
  'a rollback by an alert': { workflow: 'rollback', inputs: BACK, attempts: [{ github: { event_name: 'repository_dispatch' } }] },
  'an alert chooses no version': { workflow: 'rollback', inputs: { ...BACK, to: '1.0.0' }, attempts: [{ github: { event_name: 'repository_dispatch' }, fails: ['An alert can only go to the release before'] }] },
  'a rollback that is refused asks nobody': { workflow: 'rollback', inputs: BACK, attempts: [{ fails: ['What would be sent, and what it costs'] }] },
  'a rollback that fails says what to do': { workflow: 'rollback', inputs: BACK, attempts: [{ fails: ['rollback'] }] },

  'a look before the day': { workflow: 'doctor', inputs: { environment: 'production' } },
  'a look that finds something': { workflow: 'doctor', inputs: { environment: 'production' }, attempts: [{ fails: ['doctor'] }] },
  'a look that nobody approves': { workflow: 'doctor', inputs: { environment: 'production' }, attempts: [{ rejects: ['production'] }] },
  'a look that is cancelled': { workflow: 'doctor', inputs: { environment: 'production' }, attempts: [{ cancelAt: 'doctor' }] },

  'a smoke test at any time': { workflow: 'smoke-test', inputs: { environment: 'production' } },
  'a smoke test in its window': { workflow: 'smoke-test', inputs: { environment: 'production', window: 24 }, attempts: [{ outputs: { 'window.due': 'true' } }] },
  'a smoke test after its window': { workflow: 'smoke-test', inputs: { environment: 'production', window: 24 }, attempts: [{ outputs: { 'window.due': 'false' } }] },
  'a smoke test that fails': { workflow: 'smoke-test', inputs: { environment: 'production' }, attempts: [{ fails: ['smoke'] }] },
  'a smoke test that fails and starts the way back': { workflow: 'smoke-test', inputs: { environment: 'production', 'on-failure': 'rollback', 'payer-address': 'Payer' }, attempts: [{ fails: ['smoke'] }] },
  'a scan': { workflow: 'security', inputs: {} },
  'a scan of everything there is': {
    workflow: 'security', inputs: { image: 'ghcr.io/octo/api@sha256:1', 'sarif-artifacts': 'sarif-*', 'sarif-files': 'clippy.sarif', waivers: 'waivers.yml' }, attempts: [{ outputs: { 'locks.cargo': 'true', 'locks.dotnet': 'true' } }],
  },
  'a scan without what can be left out': { workflow: 'security', inputs: { history: false, gitleaks: false, upload: false } },
  'a scan that finds something fails, and shows it': { workflow: 'security', inputs: {}, attempts: [{ fails: ['scan'] }] },
  'a scan whose scanners broke has a verdict all the same': { workflow: 'security', inputs: {}, attempts: [{ fails: ['Keep what they wrote', 'Look for secrets of all kinds', 'Fetch what the scanners wrote'] }] },
  'a scan where code scanning is off': { workflow: 'security', inputs: {}, attempts: [{ fails: ['upload'] }] },
  'a scan that cannot check out': { workflow: 'security', inputs: {}, attempts: [{ fails: ['verdict/Check out'] }] },
  'a scan that is cancelled early': { workflow: 'security', inputs: {}, attempts: [{ cancelAt: 'Audit what is locked' }] },
  'a scan that is cancelled late': { workflow: 'security', inputs: {}, attempts: [{ cancelAt: 'scan' }] },
  'a smoke test that could not run': { workflow: 'smoke-test', inputs: { environment: 'production', 'on-failure': 'rollback', 'payer-address': 'Payer' }, attempts: [{ fails: ['Check out'] }] },

  'a smoke test that fails is told': { workflow: 'smoke-test', inputs: { environment: 'production', window: 24 }, attempts: [{ fails: ['smoke'], outputs: { 'window.due': 'true' } }] },
  'an upgrade that others have to execute is a proposal': { workflow: 'deploy', inputs: TO_PRODUCTION, attempts: [{ outputs: { 'deploy.proposal': 'P' } }] },
  'a drill wakes nobody up': { workflow: 'rollback', inputs: { ...BACK, drill: true } },
  'a drill that fails wakes nobody up either': { workflow: 'rollback', inputs: { ...BACK, drill: true }, attempts: [{ fails: ['rollback'] }] },
  'a channel that is gone stops nothing': { workflow: 'deploy', inputs: TO_PRODUCTION, attempts: [{ fails: ['Tell that it started', 'Tell who can approve it', 'Tell how it ended'] }] },

  'a night with something new': { workflow: 'compliance', inputs: {} },
  'a night with something worse': { workflow: 'compliance', inputs: {}, attempts: [{ fails: ['verify'] }] },
  'a night without a change': { workflow: 'compliance', inputs: {}, attempts: [{ outputs: { 'verify.new-findings': '0' } }] },
  'a night on which the last finding went': { workflow: 'compliance', inputs: {}, attempts: [{ outputs: { 'verify.findings': '0', 'verify.new-findings': '0', 'verify.resolved-findings': '2', 'verify.stale-lamports': '0' } }] },
  'a night on which nothing could be found out': { workflow: 'compliance', inputs: RECLAIM, attempts: [{ fails: ['verify'], outputs: { 'verify.verified': '', 'verify.findings': '', 'verify.new-findings': '', 'verify.resolved-findings': '', 'verify.stale-lamports': '' } }] },
  'a night where code scanning is off': { workflow: 'compliance', inputs: {}, attempts: [{ fails: ['alerts'] }] },
  'a night without alerts and issue': { workflow: 'compliance', inputs: { 'code-scanning': false, issue: '' } },
  'a night without GitHub\'s issues': { workflow: 'compliance', inputs: {}, attempts: [{ fails: ['issue'] }] },
  'forgotten SOL is brought back when somebody says so': { workflow: 'compliance', inputs: RECLAIM, attempts: [{ fails: ['verify'] }] },
  'forgotten SOL stays where nobody does': { workflow: 'compliance', inputs: RECLAIM, attempts: [{ rejects: ['treasury'] }] },
  'nobody is asked about SOL that is in use': { workflow: 'compliance', inputs: RECLAIM, attempts: [{ outputs: { 'reclaimable.reclaimable-lamports': '0' } }] },
  'nobody is asked where nothing is forgotten': { workflow: 'compliance', inputs: RECLAIM, attempts: [{ outputs: { 'verify.stale-lamports': '0' } }] },
  'nobody is asked when the endpoint lists no buffers': { workflow: 'compliance', inputs: RECLAIM, attempts: [{ fails: ['reclaimable'] }] },
  'a night that is cancelled': { workflow: 'compliance', inputs: RECLAIM, attempts: [{ cancelAt: 'verify' }] },
};
