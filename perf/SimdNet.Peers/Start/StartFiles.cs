namespace SimdNet.Peers.Start;

/// <summary>What a process that is to answer finds in its folder.</summary>
/// <param name="Folder">The folder.</param>
internal readonly record struct StartFiles(string Folder)
{
    /// <summary>The network as SimdNet saves it.</summary>
    public string Safetensors => Path.Combine(Folder, "model.safetensors");

    /// <summary>The network in ONNX.</summary>
    public string Onnx => Path.Combine(Folder, "model.onnx");

    /// <summary>The parameters as libtorch saves them.</summary>
    public string Torch => Path.Combine(Folder, "model.dat");

    /// <summary>One sample: floats, as they lie in memory.</summary>
    public string Sample => Path.Combine(Folder, "sample");
}
