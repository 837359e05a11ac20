using System.Globalization;

namespace Actions.Core.Ledger;

/// <summary>This host's processes, from /proc.</summary>
public static class ProcessTable
{
    // PROC_PID_INIT_INO in include/linux/proc_ns.h: every kernel gives its first process namespace this number.
    private const string FirstNamespace = "pid:[4026531836]";

    private const int StateField = 0;
    private const int StartField = 19;

    /// <summary>The process we are.</summary>
    public static ProcessIdentity Here() => new(Host(), Environment.ProcessId, $"{StartOf(Environment.ProcessId) ?? "0"}@{Boot()}");

    public static Liveness Probe(ProcessIdentity process, string? runUrl)
    {
        var here = Here();
        if (process.Host != here.Host || process.Pid <= 0)
        {
            return Liveness.Unknown;
        }

        if (process.Boot != here.Boot)
        {
            // A host that restarted; but GitHub's own machines share their names, so there it may as well be another one.
            return runUrl is null ? Liveness.Over : Liveness.Unknown;
        }

        return StartOf(process.Pid) is { } start
            ? start == process.Start[..^(process.Boot.Length + 1)] ? Liveness.Running : Liveness.Over
            : CanSeeOthers() ? Liveness.Over : Liveness.Unknown;
    }

    /// <summary>Null when there is no such process, or nothing left of it but its exit code.</summary>
    private static string? StartOf(int pid)
    {
        var status = Read($"/proc/{pid.ToString(CultureInfo.InvariantCulture)}/stat");

        // The second field is the program's name in brackets and may hold anything, brackets and spaces too.
        var fields = status[(status.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length > StartField && fields[StateField] is not ("Z" or "X") ? fields[StartField] : null;
    }

    /// <summary>False where /proc hides other users' processes (hidepid): there, not to be seen is not to be gone.</summary>
    private static bool CanSeeOthers() => Read("/proc/1/stat").Length > 0;

    private static string Boot() => Read("/proc/sys/kernel/random/boot_id").Trim();

    private static string Host()
    {
        var space = File.ResolveLinkTarget("/proc/self/ns/pid", returnFinalTarget: false)?.Name;
        return space is null or FirstNamespace ? Environment.MachineName : $"{Environment.MachineName}/{space}";
    }

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
