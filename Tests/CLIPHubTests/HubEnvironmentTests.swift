import CLIPHub
import CLIPTestSupport
import Foundation
import Testing

struct HubEnvironmentTests {
    @Test("the cache is where the hub's own library has it")
    func cache() throws {
        let cache = { (variables: [String: String]) in
            try HubEnvironment(variables.merging(["HOME": "/h"]) { $1 }).cache
        }
        #expect(try cache([:]) == "/h/.cache/huggingface/hub")
        #expect(try cache(["XDG_CACHE_HOME": "/x"]) == "/x/huggingface/hub")
        #expect(try cache(["XDG_CACHE_HOME": "/x", "HF_HOME": "/f"]) == "/f/hub")
        #expect(try cache(["HF_HOME": "/f", "HF_HUB_CACHE": "/c"]) == "/c")
        #expect(try cache(["HF_HOME": "~/f"]) == "/h/f/hub")
        #expect(try cache(["HF_HUB_CACHE": "$A/${B}/$C", "A": "/a", "B": "b"]) == "/a/b/$C")
    }

    @Test("the token comes from the variable, then from the file, and can be turned off")
    func token() throws {
        let home = try TemporaryFolder()
        let token = { (variables: [String: String]) in
            try HubEnvironment(variables.merging(["HF_HOME": home.url.path]) { $1 }).token
        }
        #expect(try token([:]) == nil)
        try home.write(Array(" from-file\n".utf8), as: "token")
        #expect(try token([:]) == "from-file")
        #expect(try token(["HF_TOKEN": " given\r\n"]) == "given")
        #expect(try token(["HF_TOKEN": " \n"]) == "from-file")
        let other = try home.write(Array("other".utf8), as: "other")
        #expect(try token(["HF_TOKEN_PATH": other]) == "other")
        #expect(try token(["HF_TOKEN": "given", "HF_HUB_DISABLE_IMPLICIT_TOKEN": "true"]) == nil)
        #expect(try token(["HF_TOKEN": "gi\u{1}ven", "HF_TOKEN_PATH": "/no/such"]) == nil)
    }

    @Test("offline is what the hub's library takes for true")
    func offline() throws {
        let isOffline = { try HubEnvironment($0).isOffline }
        #expect(try isOffline(["HF_HUB_OFFLINE": "1"]) && isOffline(["HF_HUB_OFFLINE": "yes"]))
        #expect(try isOffline(["TRANSFORMERS_OFFLINE": "ON"]))
        #expect(try !isOffline([:]) && !isOffline(["HF_HUB_OFFLINE": "no"]))
        #expect(try !isOffline(["HF_HUB_OFFLINE": "0", "TRANSFORMERS_OFFLINE": "1"]))
        #expect(try isOffline(["HF_HUB_OFFLINE": "", "TRANSFORMERS_OFFLINE": "1"]))
    }

    @Test("the address is checked, and the times have defaults")
    func rest() throws {
        let own = try HubEnvironment(["HF_ENDPOINT": "http://127.0.0.1:9/a//", "HF_HUB_ETAG_TIMEOUT": "7"])
        #expect(own.endpoint.absoluteString == "http://127.0.0.1:9/a")
        #expect(own.answerTimeout == .seconds(7) && own.downloadTimeout == .seconds(10))
        #expect(try HubEnvironment([:]).endpoint.absoluteString == "https://huggingface.co")
        #expect(try HubEnvironment(["HF_HUB_DOWNLOAD_TIMEOUT": "soon"]).downloadTimeout == .seconds(10))
        for bad in ["ftp://a", "huggingface.co", "file:///etc", "http://", "https://a/?b"] {
            let error = #expect(throws: HubError.self) { try HubEnvironment(["HF_ENDPOINT": bad]) }
            #expect(error?.description.hasPrefix("HF_ENDPOINT: ") == true)
        }
    }
}
