using System.Reflection;
using BenchmarkDotNet.Running;

namespace SimdNet.Benchmarks;

/// <summary>What a benchmark's work is counted in, and which limit of the machine it meets.</summary>
public enum Unit
{
    /// <summary>Floating-point operations; the limit is multiply-adds in registers.</summary>
    Flops,

    /// <summary>Bytes read and written; the limit is a triad over as many, or the pass in place that the work names.</summary>
    Bytes,
}

/// <summary>How much work one operation of a benchmark is.</summary>
/// <param name="unit">What is counted.</param>
/// <param name="property">The property of the benchmark's class that counts it, once the parameters are set.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class WorkAttribute(Unit unit, string property) : Attribute
{
    /// <summary>What is counted.</summary>
    public Unit Unit { get; } = unit;

    /// <summary>The property that counts it.</summary>
    public string Property { get; } = property;

    /// <summary>The property that counts the bytes of memory, if some are both read and written: it decides which cache is met.</summary>
    public string? Footprint { get; init; }

    /// <summary>If the work is a pass in place: the arrays it reads.</summary>
    public int Read { get; init; }

    /// <summary>If the work is a pass in place: those of them that it writes.</summary>
    public int Written { get; init; }

    /// <summary>The work of a benchmark with its parameters, or nothing if its method does not say.</summary>
    internal static Work? Of(BenchmarkCase benchmark)
    {
        if (benchmark.Descriptor.WorkloadMethod.GetCustomAttribute<WorkAttribute>() is not { } attribute)
        {
            return null;
        }

        Type type = benchmark.Descriptor.Type;
        object instance = Activator.CreateInstance(type)!;
        foreach (var parameter in benchmark.Parameters.Items)
        {
            type.GetProperty(parameter.Name)!.SetValue(instance, parameter.Value);
        }

        double amount = Count(attribute.Property);
        double footprint = attribute.Footprint is { } name ? Count(name) : amount;
        return new(attribute.Unit, amount, footprint, attribute.Read, attribute.Written);

        double Count(string property) => Convert.ToDouble(type.GetProperty(property)!.GetValue(instance));
    }
}

/// <summary>The work of one operation.</summary>
/// <param name="Unit">What is counted.</param>
/// <param name="Amount">How much of it.</param>
/// <param name="Footprint">The bytes of memory that it lies in.</param>
/// <param name="Read">The arrays that a pass in place reads, or 0.</param>
/// <param name="Written">Those of them that it writes.</param>
internal readonly record struct Work(Unit Unit, double Amount, double Footprint, int Read, int Written);
