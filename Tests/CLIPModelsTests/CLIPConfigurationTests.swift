import CLIPModels
import Foundation
import Testing

@Suite("Configurations")
struct CLIPConfigurationTests {
    @Test("open_clip's model_cfg decodes, with its defaults")
    func openCLIP() throws {
        let json = """
            {"embed_dim": 512, "vision_cfg": {"image_size": 224, "layers": 12, "width": 768, "patch_size": 32},
             "text_cfg": {"context_length": 77, "vocab_size": 49408, "width": 512, "heads": 8, "layers": 12},
             "quick_gelu": true}
            """
        let decoded = try JSONDecoder().decode(CLIPConfiguration.self, from: Data(json.utf8))
        #expect(decoded == CLIPConfiguration.preset("ViT-B/32"))
    }

    @Test("Every preset survives encoding and decoding, and is valid")
    func roundTrip() throws {
        #expect(CLIPConfiguration.presets.count == 9)
        for (name, configuration) in CLIPConfiguration.presets {
            try configuration.validate()
            let data = try JSONEncoder().encode(configuration)
            #expect(try JSONDecoder().decode(CLIPConfiguration.self, from: data) == configuration, "\(name)")
        }
    }

    @Test("A preset is found by its published name and by open_clip's", arguments: ["ViT-L/14@336", "vit-l-14-336"])
    func names(name: String) {
        #expect(CLIPConfiguration.preset(name)?.vision.imageSize == 336)
        #expect(CLIPConfiguration.preset(name)?.activation == (name.contains("/") ? .quickGELU : .gelu))
        #expect(CLIPConfiguration.preset("ViT-Z/3") == nil)
    }

    @Test("Numbers that fit no model are refused by name")
    func invalid() {
        var configuration = CLIPModelTests.small
        configuration.text.heads = 5
        let error = #expect(throws: ConfigurationError.self) { try configuration.validate() }
        #expect(error?.description == "text_cfg.width: expected a multiple of heads 5, found 48")
        configuration = CLIPModelTests.small
        configuration.embeddingWidth = -1
        #expect(throws: ConfigurationError.self) { try configuration.validate() }
        configuration = CLIPModelTests.smallResNet
        configuration.vision = .resNet(.init(imageSize: 60, layers: [1, 1, 1, 1], width: 8))
        #expect(throws: ConfigurationError.self) { try configuration.validate() }
    }
}
