/// A whole page around its parts.
package struct PageFrame {
    private let title: String
    private let head: HTML
    private let main: HTML
    private let foot: HTML

    /// A page with a head, a main part and a foot.
    package init(title: String, head: HTML, main: HTML, foot: HTML) {
        (self.title, self.head, self.main, self.foot) = (title, head, main, foot)
    }

    /// The page's text.
    package var text: String {
        let page: HTML = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>\(title)</title>
            <style>\(PageStyle.sheet)</style>
            </head>
            <body>
            <header>\(head)</header>
            <main>
            \(main)
            </main>
            <footer>\(foot)</footer>
            </body>
            </html>
            """
        return page.source + "\n"
    }
}
