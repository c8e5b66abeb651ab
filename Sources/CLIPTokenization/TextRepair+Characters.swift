extension TextRepair {
    /// The repairs of single characters, in ftfy's order: C1 controls, ligatures, widths, quotes.
    static func replaceCharacters(_ text: [UInt32]) -> [UInt32] {
        guard text.contains(where: { $0 >= 0x80 }) else { return text }
        var result: [UInt32] = []
        result.reserveCapacity(text.count)
        for scalar in text {
            if scalar < 0x80 {
                result.append(scalar)
            } else if let letters = ligatures[scalar] {
                for letter in letters { result.append(uncurled(letter)) }
            } else if scalar == 0xFFE3 {
                result += [0x20, 0x304]
            } else {
                result.append(uncurled(standardWidth(Windows1252.scalar(for: scalar))))
            }
        }
        return result
    }

    private static func uncurled(_ scalar: UInt32) -> UInt32 {
        switch scalar {
        case 0x2BC, 0x2018...0x201B: 0x27
        case 0x201C...0x201F: 0x22
        default: scalar
        }
    }

    /// Ligatures and digraphs of Latin letters that are separate letters in normal spelling.
    private static let ligatures: [UInt32: [UInt32]] = {
        let table: [(Unicode.Scalar, String)] = [
            ("\u{132}", "IJ"), ("\u{133}", "ij"), ("\u{149}", "\u{2BC}n"), ("\u{1F1}", "DZ"), ("\u{1F2}", "Dz"),
            ("\u{1F3}", "dz"), ("\u{1C4}", "D\u{17D}"), ("\u{1C5}", "D\u{17E}"), ("\u{1C6}", "d\u{17E}"),
            ("\u{1C7}", "LJ"), ("\u{1C8}", "Lj"), ("\u{1C9}", "lj"), ("\u{1CA}", "NJ"), ("\u{1CB}", "Nj"),
            ("\u{1CC}", "nj"), ("\u{FB00}", "ff"), ("\u{FB01}", "fi"), ("\u{FB02}", "fl"), ("\u{FB03}", "ffi"),
            ("\u{FB04}", "ffl"), ("\u{FB05}", "\u{17F}t"), ("\u{FB06}", "st"),
        ]
        return Dictionary(table.map { ($0.value, $1.unicodeScalars.map(\.value)) }) { first, _ in first }
    }()

    /// The usual form of a full- or half-width character (its NFKC form).
    private static func standardWidth(_ scalar: UInt32) -> UInt32 {
        switch scalar {
        case 0x3000: return 0x20
        case 0xFF01...0xFF5E: return scalar - 0xFEE0
        case 0xFF5F...0xFFEE:
            let standard = standardWidths[Int(scalar) - 0xFF5F]
            return standard == 0 ? scalar : UInt32(standard)
        default: return scalar
        }
    }

    /// For U+FF5F–U+FFEE; 0 where a code point is unassigned or stays.
    private static let standardWidths: [UInt16] = [
        0x2985, 0x2986, 0x3002, 0x300C, 0x300D, 0x3001, 0x30FB, 0x30F2, 0x30A1, 0x30A3, 0x30A5, 0x30A7, 0x30A9, 0x30E3,
        0x30E5, 0x30E7, 0x30C3, 0x30FC, 0x30A2, 0x30A4, 0x30A6, 0x30A8, 0x30AA, 0x30AB, 0x30AD, 0x30AF, 0x30B1, 0x30B3,
        0x30B5, 0x30B7, 0x30B9, 0x30BB, 0x30BD, 0x30BF, 0x30C1, 0x30C4, 0x30C6, 0x30C8, 0x30CA, 0x30CB, 0x30CC, 0x30CD,
        0x30CE, 0x30CF, 0x30D2, 0x30D5, 0x30D8, 0x30DB, 0x30DE, 0x30DF, 0x30E0, 0x30E1, 0x30E2, 0x30E4, 0x30E6, 0x30E8,
        0x30E9, 0x30EA, 0x30EB, 0x30EC, 0x30ED, 0x30EF, 0x30F3, 0x3099, 0x309A, 0x1160, 0x1100, 0x1101, 0x11AA, 0x1102,
        0x11AC, 0x11AD, 0x1103, 0x1104, 0x1105, 0x11B0, 0x11B1, 0x11B2, 0x11B3, 0x11B4, 0x11B5, 0x111A, 0x1106, 0x1107,
        0x1108, 0x1121, 0x1109, 0x110A, 0x110B, 0x110C, 0x110D, 0x110E, 0x110F, 0x1110, 0x1111, 0x1112, 0, 0, 0, 0x1161,
        0x1162, 0x1163, 0x1164, 0x1165, 0x1166, 0, 0, 0x1167, 0x1168, 0x1169, 0x116A, 0x116B, 0x116C, 0, 0, 0x116D,
        0x116E, 0x116F, 0x1170, 0x1171, 0x1172, 0, 0, 0x1173, 0x1174, 0x1175, 0, 0, 0, 0xA2, 0xA3, 0xAC, 0, 0xA6, 0xA5,
        0x20A9, 0, 0x2502, 0x2190, 0x2191, 0x2192, 0x2193, 0x25A0, 0x25CB,
    ]
}
