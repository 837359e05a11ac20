using Actions.Cli.Hosting;
using Actions.Core.Faults;
using Actions.Core.Inputs;
using Actions.Core.Keys;

namespace Actions.Cli.Doctor;

/// <summary>Reads what one check needs, with a reader of its own: what is wrong with it, or refused by a provider, is that check's business and no other's.</summary>
internal sealed class CheckInputs(ActionContext context)
{
    /// <exception cref="FaultException">Everything that is wrong with what was read.</exception>
    public async Task<T> ReadAsync<T>(Func<InputReader, T?> read, CancellationToken cancellation)
        where T : class
    {
        var reader = new InputReader(context.Environment, context.Masker) { Supplied = context.Inputs.Supplied };
        ProviderInputs.Read(reader);
        var value = read(reader);
        if (reader.Awaited.Count > 0 && !HasErrors(reader))
        {
            var answers = await context.Secrets.ResolveAsync(reader.Awaited, cancellation);
            try
            {
                reader.StartOver(answers);
                value = read(reader);
            }
            finally
            {
                foreach (var held in answers.Values.OfType<IDisposable>())
                {
                    held.Dispose();
                }
            }
        }

        return HasErrors(reader) || value is null ? throw new FaultException([.. reader.Faults.Where(fault => fault.Severity == Severity.Error)]) : value;
    }

    private static bool HasErrors(InputReader reader) => reader.Faults.Any(fault => fault.Severity == Severity.Error);
}
