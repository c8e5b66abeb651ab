import CLIPModels
import Testing

extension ModelParityTests {
    @Suite("Presets")
    struct PresetParityTests {
        @Test("The nine published configurations are those that open_clip has")
        func presets() throws {
            let published = try ReferenceModels.decode("presets", as: [String: CLIPConfiguration].self)
            #expect(published.count == 9 && CLIPConfiguration.presets.count == 9)
            for (name, configuration) in CLIPConfiguration.presets {
                let dashed = String(name.map { "/@".contains($0) ? "-" : $0 })
                #expect(published[dashed] == configuration, "\(name)")
            }
        }

        @Test("Every architecture of open_clip's own is found by its name, with its activation")
        func openCLIP() throws {
            let architectures = try ReferenceModels.decode("architectures", as: [String: CLIPConfiguration].self)
            #expect(architectures.count > 35)
            for (name, configuration) in architectures {
                #expect(CLIPConfiguration.openCLIP(name) == configuration, "\(name)")
            }
            for (name, _) in CLIPConfiguration.openCLIPArchitectures {
                #expect(architectures[name] != nil, "\(name)")
            }
        }
    }
}
