using Actions.Core.Tests.Ledger;

// Not the tests: the other process that some of them need.
return await LedgerChild.RunAsync(args);
