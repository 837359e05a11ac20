namespace Actions.Core.Idl;

/// <summary>How much a change matters to those who call the program, or to the accounts it has.</summary>
public enum IdlChangeKind
{
    /// <summary>Accounts that exist cannot be read any more, or calls that worked fail.</summary>
    Breaking,

    /// <summary>Nobody has to do anything.</summary>
    Compatible,

    /// <summary>What somebody who listens to events, or tells errors apart, should know.</summary>
    Notable,
}

/// <param name="What">In words, made of names that were checked.</param>
public sealed record IdlChange(IdlChangeKind Kind, string What);
