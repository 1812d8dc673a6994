using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using SimdNet.Benchmarks.Gate;

namespace SimdNet.Benchmarks;

/// <summary>The library's own curves, for study, and by the word <c>regress</c> the gate.</summary>
internal static class Program
{
    private static int Main(string[] args)
    {
        if (args is ["regress", .. string[] options])
        {
            return RegressCommand.Create(Console.Out, Console.Error).Parse(options).Invoke();
        }

        // In process: a share of the limit means something only if the limit is measured where the benchmark ran.
        IConfig config = DefaultConfig.Instance
            .AddJob(Job.Default.WithToolchain(InProcessEmitToolchain.Instance))
            .AddDiagnoser(MemoryDiagnoser.Default)
            .AddColumn(new RateColumn(), new LimitColumn());
        BenchmarkSwitcher.FromAssembly(typeof(GemmBenchmarks).Assembly).Run(args, config);
        return 0;
    }
}
