namespace SimdNet.Benchmarks;

/// <summary>A class of benchmarks, whose parameters have been set.</summary>
public interface IBenchmark
{
    /// <summary>Fills the operands, and checks every answer before it is timed.</summary>
    void Setup();
}
