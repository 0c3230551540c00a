"""How scripts and components are called by what is in them; the first rule that holds names the file."""

import re

from generation.pipeline.organise_files.rules import rule

_CONFIGURATIONS = (
    rule("vitest.config.{ext}", r"from ['\"]vitest/config['\"]"),
    rule("astro.config.mjs", r"from ['\"]astro/config['\"]"),
    rule("playwright.config.{ext}", r"from ['\"]@playwright/test['\"]", r"\bdefineConfig\("),
    rule("vite.config.{ext}", r"from ['\"]vite['\"]|@vitejs/plugin"),
    rule("nuxt.config.ts", r"\bdefineNuxtConfig\("),
    rule("next.config.{ext}", r"\bnextConfig\b"),
    rule("tailwind.config.{ext}", r"^(?:module\.exports|export default)\b", r"\bcontent:\s?\[", r"\btheme:"),
    rule("postcss.config.{ext}", r"\bplugins:", r"\b(?:tailwindcss|autoprefixer)\b", unless=r"\btheme:"),
    rule("jest.config.{ext}", r"\btestEnvironment:"),
    rule("svelte.config.js", r"from ['\"]@sveltejs/(?:kit|adapter)", r"\bkit:"),
    rule("eslint.config.{ext}", r"from ['\"](?:@eslint/js|typescript-eslint)['\"]"),
    rule("webpack.config.js", r"\bmodule\.exports\b", r"\bentry:", r"\boutput:"),
    rule("{base}types.d.ts", r"^declare module\b|^interface ImportMeta\b"),
)
_BEGINS_TEST = r"^(?:describe|it|test)\("
_TESTS = (
    rule(
        "{base}{name}.test.{ext}",
        _BEGINS_TEST,
        r"from ['\"]\.{1,2}/(?:[\w-]+/)*(?P<name>[A-Za-z][\w-]*)(?:\.\w+)?['\"]",
    ),
    rule("{base}{name}.test.{ext}", r"^(?:describe|test)\(['\"`](?P<name>[A-Z]\w*)"),
    rule("{base}app.test.{ext}", _BEGINS_TEST),
)
_LISTENS = r"\bapp\.listen\(|\bhttp\.createServer\(|\.listen\(\s?(?:PORT|port|\{)"
_SERVERS = (
    rule("{usual}", _LISTENS, frameworks="express fastify hono nestjs"),
    rule("server.{ext}", _LISTENS),
    rule("{base}models/{name}.{ext}", r"\bmongoose\.model\(['\"](?P<name>\w+)"),
    rule("{base}routes/{name}.{ext}", r"\bRouter\(\)", r"\brouter\.\w+\(['\"]/(?P<name>[a-z][\w-]*)"),
    rule("{base}routes/index.{ext}", r"\bRouter\(\)"),
)
_EXPORTED_COMPONENT = r"^export (?:default )?(?:function|class|const) (?P<name>[A-Z]\w*)"
_COMPONENT = r"^(?:function|class|const) (?P<name>[A-Z]\w*)"
_ELEMENT = r"<[A-Za-z>]|\bReact\b"
_COMPONENTS = (
    rule("{base}main.{ext}", r"\bcreateRoot\(|\bReactDOM\.render\(|^render\(\(\) =>", unless=r"^(?:export|function [A-Z])"),
    rule("app/layout.{ext}", r"\bexport default (?:async )?function RootLayout\b", frameworks="nextjs"),
    rule("{usual}", r"\bexport default (?:async )?function (?:Home|HomePage|Page|Index)\b", frameworks="nextjs"),
    rule("app/api/route.{ext}", r"\bexport (?:async )?function (?:GET|POST|PUT|PATCH|DELETE)\(", frameworks="nextjs"),
    rule("{usual}", r"\b(?:function|const|class) App\b"),
    rule("{base}context/{name}.{ext}", r"\bcreateContext\b", r"\b(?P<name>[A-Z]\w*(?:Context|Provider))\b"),
    rule("{base}hooks/{name}.{ext}", r"^export (?:default )?(?:function|const) (?P<name>use[A-Z]\w*)"),
    rule("{base}components/{name}.{ext}", _EXPORTED_COMPONENT, _ELEMENT),
    rule("{base}components/{name}.{ext}", r"^export default (?P<name>[A-Z]\w*)\b", _ELEMENT),
    rule("{base}components/{name}.{ext}", _COMPONENT, _ELEMENT),
)  # fmt: skip
_DECORATED = (("@Controller(", "Controller"), ("@Module(", "Module"), ("@Injectable(", "Service"))
_NEST = (
    rule("src/main.ts", r"\bNestFactory\b"),
    rule("src/app.module.ts", r"\bexport class AppModule\b"),
    *(
        rule(
            f"src/{{kebab}}/{{kebab}}.{kind.lower()}.ts",
            re.escape(decorator),
            rf"\bexport class (?P<name>\w+?){kind}\b",
            frameworks="nestjs",
        )
        for decorator, kind in _DECORATED
    ),
)
_ANGULAR = (
    rule("src/main.ts", r"\bbootstrapApplication\("),
    rule("src/app/app.component.ts", r"@Component\(", r"\bexport class (?:AppComponent|App)\b"),
    rule(
        "src/app/{kebab}/{kebab}.component.ts",
        r"@Component\(",
        r"\bexport class (?P<name>\w+?)(?:Component)?\b",
    ),
    rule("src/app/{kebab}.service.ts", r"@Injectable\(", r"\bexport class (?P<name>\w+?)(?:Service)?\b"),
    rule("src/app/app.routes.ts", r":\s?Routes\s?="),
)
_SCRIPTS = (
    *_CONFIGURATIONS,
    *_TESTS,
    *_NEST,
    *_ANGULAR,
    *_SERVERS,
    rule("{base}main.{ext}", r"\bcreateApp\(", frameworks="vue"),
    rule("{base}router/index.{ext}", r"\bcreateRouter\("),
    rule("{base}stores/{name}.{ext}", r"\bdefineStore\(['\"](?P<name>\w+)"),
)
_TYPES = (
    rule("{base}types.ts", r"^export (?:interface|type|enum) ", unless=r"\b(?:function|const|class) "),
    rule("{base}{name}.ts", r"^export (?:default |abstract )?class (?P<name>[A-Z]\w*)"),
)

JAVASCRIPT = (*_SCRIPTS, *_COMPONENTS)
TYPESCRIPT = (*_SCRIPTS, *_TYPES)
TSX = (*_SCRIPTS, *_COMPONENTS, *_TYPES)
VUE = (rule("{base}components/{name}.vue", r"\bname:\s?['\"](?!App\b)(?P<name>[A-Z]\w*)['\"]"),)
