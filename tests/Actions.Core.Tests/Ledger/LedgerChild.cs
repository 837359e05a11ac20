using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Actions.Core.Faults;
using Actions.Core.Ledger;

namespace Actions.Core.Tests.Ledger;

/// <summary>Another process with the same ledger: what it writes to stdout, its parent reads.</summary>
internal sealed partial class LedgerChild : IDisposable
{
    private const int FileSizeLimit = 1; // RLIMIT_FSIZE
    private const int FileSizeSignal = 25; // SIGXFSZ, which ends a process that does not handle it
    private const uint Nobody = 65534;

    private readonly Process process;

    private LedgerChild(Process process) => this.process = process;

    public int Pid => process.Id;

    public StreamReader Output => process.StandardOutput;

    /// <summary>The commands are the cases of <see cref="RunAsync"/>.</summary>
    public static LedgerChild Start(params string[] arguments)
    {
        var assembly = typeof(LedgerChild).Assembly.Location;
        var start = new ProcessStartInfo(System.Environment.ProcessPath!, ["exec", assembly, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.FileName = Path.GetFileNameWithoutExtension(start.FileName) == "dotnet" ? start.FileName : "dotnet";
        return new LedgerChild(Process.Start(start)!);
    }

    /// <summary>In the child: the exit code, or a line with the code of the fault.</summary>
    public static async Task<int> RunAsync(string[] arguments)
    {
        switch (arguments)
        {
            case ["append", var folder, var name, var count]:
                await AppendAsync(folder, name, int.Parse(count, CultureInfo.InvariantCulture));
                return 0;
            case ["append-full-disk", var folder, var limit]:
                using (PosixSignalRegistration.Create((PosixSignal)FileSizeSignal, signal => signal.Cancel = true))
                {
                    return await AppendUpToAsync(folder, limit);
                }

            case ["append-die-full", var folder, var limit]:
                return await AppendUpToAsync(folder, limit);
            case ["store-die-full", var folder, var limit]:
                return await Store.StoreChild.PutAsync(folder, limit, Limit);
            case ["append-unprivileged", var folder]:
                _ = GetUser() == 0 ? SetUser(Nobody) : 0;
                return await AppendUntilFaultAsync(folder, 1);
            case ["live"]:
                var self = ProcessTable.Here();
                Console.WriteLine($"{self.Host} {self.Pid} {self.Start}");
                await Console.In.ReadLineAsync();
                return 0;
            default:
                return 2;
        }
    }

    public string ReadToEnd()
    {
        var output = Output.ReadToEnd();
        process.WaitForExit();
        return output;
    }

    /// <summary>SIGKILL: no handler, no finally, no flush.</summary>
    public void Kill()
    {
        process.Kill();
        process.WaitForExit();
    }

    public void Dispose()
    {
        if (!process.HasExited)
        {
            Kill();
        }

        process.Dispose();
    }

    private static async Task<int> AppendUpToAsync(string folder, string limit)
    {
        await AppendAsync(folder, "warm-up", 1);
        Limit(ulong.Parse(limit, CultureInfo.InvariantCulture));
        return await AppendUntilFaultAsync(folder, 10_000);
    }

    private static async Task<int> AppendUntilFaultAsync(string folder, int count)
    {
        try
        {
            await AppendAsync(folder, "until-fault", count);
            return 0;
        }
        catch (FaultException e)
        {
            Console.WriteLine($"fault {e.Faults[0].Code} {(int)e.Faults[0].Code.Exit}");
            return (int)e.Faults[0].Code.Exit;
        }
    }

    /// <summary>Says each id only after the ledger promised to keep it.</summary>
    private static async Task AppendAsync(string folder, string name, int count)
    {
        var ledger = new FileLedger(folder, TimeProvider.System);
        for (var i = 0; i < count; i++)
        {
            await ledger.AppendAsync(Make.Event($"{name}-{i}") with { Reason = new string('r', 40 * (i % 50)) }, CancellationToken.None);
            Console.WriteLine($"{name}-{i}");
        }
    }

    private static void Limit(ulong bytes)
    {
        if (SetLimit(FileSizeLimit, [bytes, bytes]) != 0)
        {
            throw new InvalidOperationException("setrlimit");
        }
    }

    [LibraryImport("libc", EntryPoint = "setrlimit")]
    private static partial int SetLimit(int resource, ulong[] softAndHard);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint GetUser();

    [LibraryImport("libc", EntryPoint = "seteuid")]
    private static partial int SetUser(uint user);
}
