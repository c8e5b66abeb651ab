import CLIPCheckpoints
import CLIPFiles
import CLIPModels
import CLIPTestSupport
import Foundation
import Testing

@Suite("Randomly damaged configurations")
struct ConfigurationFuzzTests {
    private static let huggingFace = """
        {"model_type": "clip", "projection_dim": 40, "logit_scale_init_value": 2.6592,
         "text_config": {"hidden_size": 48, "intermediate_size": 100, "num_hidden_layers": 2, "num_attention_heads": 3,
          "vocab_size": 100, "max_position_embeddings": 16, "hidden_act": "gelu", "eos_token_id": 99},
         "vision_config": {"hidden_size": 64, "num_attention_heads": 4, "image_size": 33, "patch_size": [8, 8],
          "hidden_act": "gelu", "layer_norm_eps": 1e-6}}
        """
    private static let sigLIP = """
        {"model_type": "siglip", "text_config": {"hidden_size": 64, "vocab_size": 100, "projection_size": 64,
          "num_attention_heads": 4, "hidden_act": "gelu_pytorch_tanh"},
         "vision_config": {"hidden_size": 64, "num_attention_heads": 4, "image_size": 33, "patch_size": 8}}
        """
    private static let openCLIP = """
        {"model_cfg": {"embed_dim": 40, "quick_gelu": false, "custom_text": true, "init_logit_bias": -10,
          "vision_cfg": {"image_size": 32, "layers": 2, "width": 48, "patch_size": 8, "head_width": 16, "mlp_ratio": 2.5,
           "no_ln_pre": true, "pool_type": "avg", "final_ln_after_pool": true, "ls_init_value": 0.1,
           "act_kwargs": {"approximate": "tanh"}, "norm_kwargs": {"eps": 1e-6}},
          "text_cfg": {"context_length": 16, "vocab_size": 100, "width": 48, "heads": 3, "layers": 2, "proj_bias": true,
           "no_causal_mask": true, "pool_type": "last", "eos_id": 2, "proj_type": "linear"}}}
        """

    static let files: [(String, CheckpointLayout)] = [
        (huggingFace, .huggingFace), (sigLIP, .huggingFace), (openCLIP, .openCLIP),
    ]

    @Test("A damaged configuration gives an architecture or is refused with one line", arguments: files)
    func damage(text: String, layout: CheckpointLayout) throws {
        let words = [
            "9223372036854775807", "-1", "0", "null", "1e300", "[]", "{}", "1073741824", "0.5", "\"x\"", "true",
            "\"timm_model_name\": \"vit_base_patch16_siglip_224\", ", "[3, 4, 6, 3]",
        ]
        var mutation = Mutation(seed: 29)
        let iterations = FuzzIterations.count(default: 30_000)
        var valid = 0
        for _ in 0..<iterations {
            let damaged = mutation.mutated(Array(text.utf8), words: words)
            do {
                let json = try damaged.withUnsafeBytes { try JSON(parsing: $0) }
                let configuration = try CLIPConfiguration(parsing: json, path: "config.json", layout: layout)
                try configuration.validate()
                valid += 1
            } catch {
                #expect(!"\(error)".contains("\n"))
            }
        }
        #expect(valid > 0 && valid < iterations)
    }
}
