import CLIPModels
import Testing

extension ModelParityTests {
    @Suite("Presets")
    struct PresetParityTests {
        @Test("The nine published configurations are those that open_clip has")
        func presets() throws {
            let published = try ReferenceModels.decode("presets", as: [String: CLIPConfiguration].self)
            #expect(published.count == 9 && CLIPConfiguration.presets.count == 9)
            for (name, configuration) in published {
                #expect(CLIPConfiguration.preset(name) == configuration, "\(name)")
            }
        }
    }
}
