import { DEFAULT_SCOPES } from '#shared/keys/scopes.ts'
import type { Recipe } from '../recipe.ts'
import * as step from '../step.ts'

const TEST = { by: 'test', test: 'test/gateway/recipe-programs.test.ts' } as const
const QUESTION = '[{"role": "user", "content": "Why is the sky blue?"}]'
/** A literal of JSON is one of Python and JavaScript too. */
const quoted = (text: string) => JSON.stringify(text)

/** Libraries for people who write programs. Each program asks one question and prints the answer. */
export const LIBRARIES = {
  'openai-sdk': {
    name: 'OpenAI SDK',
    aliases: ['openai python', 'openai node', 'library'],
    kind: 'library',
    address: 'v1',
    scopes: DEFAULT_SCOPES,
    handover: 'code',
    steps: [
      step.python(({ address, key, model }) =>
        [
          'from openai import OpenAI',
          '',
          `client = OpenAI(base_url=${quoted(address)}, api_key=${quoted(key)})`,
          `answer = client.chat.completions.create(model=${quoted(model)}, messages=${QUESTION})`,
          'print(answer.choices[0].message.content)',
        ].join('\n'),
      ),
      step.javascript(({ address, key, model }) =>
        [
          "import OpenAI from 'openai'",
          '',
          `const client = new OpenAI({ baseURL: ${quoted(address)}, apiKey: ${quoted(key)} })`,
          `const answer = await client.chat.completions.create({ model: ${quoted(model)}, messages: ${QUESTION} })`,
          'console.log(answer.choices[0].message.content)',
        ].join('\n'),
      ),
    ],
    source: 'openai/openai-node README.md',
    version: '7.55.0',
    verified: TEST,
  },
  'ollama-sdk': {
    name: 'Ollama SDK',
    aliases: ['ollama-python', 'ollama-js', 'library'],
    kind: 'library',
    address: 'base',
    scopes: DEFAULT_SCOPES,
    handover: 'code',
    steps: [
      step.python(({ address, key, model }) =>
        [
          'from ollama import Client',
          '',
          `client = Client(host=${quoted(address)}, headers={"Authorization": ${quoted(`Bearer ${key}`)}})`,
          `answer = client.chat(model=${quoted(model)}, messages=${QUESTION})`,
          'print(answer["message"]["content"])',
        ].join('\n'),
      ),
      step.javascript(({ address, key, model }) =>
        [
          "import { Ollama } from 'ollama'",
          '',
          `const client = new Ollama({ host: ${quoted(address)}, headers: { Authorization: ${quoted(`Bearer ${key}`)} } })`,
          `const answer = await client.chat({ model: ${quoted(model)}, messages: ${QUESTION} })`,
          'console.log(answer.message.content)',
        ].join('\n'),
      ),
    ],
    source: 'ollama/ollama-js README.md',
    version: '0.6.4',
    verified: TEST,
  },
  'anthropic-sdk': {
    name: 'Anthropic SDK',
    aliases: ['claude', 'library'],
    kind: 'library',
    address: 'base',
    scopes: DEFAULT_SCOPES,
    handover: 'code',
    steps: [
      step.python(({ address, key, model }) =>
        [
          'from anthropic import Anthropic',
          '',
          `client = Anthropic(base_url=${quoted(address)}, api_key=${quoted(key)})`,
          `answer = client.messages.create(model=${quoted(model)}, max_tokens=1024, messages=${QUESTION})`,
          'print(answer.content[0].text)',
        ].join('\n'),
      ),
      step.javascript(({ address, key, model }) =>
        [
          "import Anthropic from '@anthropic-ai/sdk'",
          '',
          `const client = new Anthropic({ baseURL: ${quoted(address)}, apiKey: ${quoted(key)} })`,
          `const answer = await client.messages.create({ model: ${quoted(model)}, max_tokens: 1024, messages: ${QUESTION} })`,
          'console.log(answer.content[0].text)',
        ].join('\n'),
      ),
    ],
    source: 'anthropics/anthropic-sdk-typescript README.md',
    version: '1.11.0',
    verified: TEST,
  },
  langchain: {
    name: 'LangChain',
    aliases: ['langgraph', 'library'],
    kind: 'library',
    address: 'base',
    scopes: DEFAULT_SCOPES,
    handover: 'code',
    steps: [
      step.python(({ address, key, model }) =>
        [
          'from langchain_ollama import ChatOllama',
          '',
          'llm = ChatOllama(',
          `    model=${quoted(model)},`,
          `    base_url=${quoted(address)},`,
          `    client_kwargs={"headers": {"Authorization": ${quoted(`Bearer ${key}`)}}},`,
          ')',
          'print(llm.invoke("Why is the sky blue?").content)',
        ].join('\n'),
      ),
      step.javascript(({ address, key, model }) =>
        [
          "import { ChatOllama } from '@langchain/ollama'",
          '',
          'const llm = new ChatOllama({',
          `  model: ${quoted(model)},`,
          `  baseUrl: ${quoted(address)},`,
          `  headers: { Authorization: ${quoted(`Bearer ${key}`)} },`,
          '})',
          "console.log((await llm.invoke('Why is the sky blue?')).content)",
        ].join('\n'),
      ),
    ],
    source: 'langchain-ai/langchainjs libs/providers/langchain-ollama',
    version: '1.3.0',
    verified: TEST,
  },
  llamaindex: {
    name: 'LlamaIndex',
    aliases: ['llama index', 'rag', 'library'],
    kind: 'library',
    address: 'v1',
    scopes: DEFAULT_SCOPES,
    handover: 'code',
    steps: [
      step.run(() => 'pip install llama-index-llms-openai-like'),
      step.python(({ address, key, model }) =>
        [
          'from llama_index.llms.openai_like import OpenAILike',
          '',
          `llm = OpenAILike(model=${quoted(model)}, api_base=${quoted(address)}, api_key=${quoted(key)}, is_chat_model=True)`,
          'print(llm.complete("Why is the sky blue?"))',
        ].join('\n'),
      ),
    ],
    source: 'run-llama/llama_index llama-index-integrations/llms/llama-index-llms-openai-like',
    version: '0.8.1',
    verified: TEST,
  },
  litellm: {
    name: 'LiteLLM',
    aliases: ['lite llm', 'library', 'proxy'],
    kind: 'library',
    address: 'v1',
    scopes: DEFAULT_SCOPES,
    handover: 'code',
    steps: [
      step.python(({ address, key, model }) =>
        [
          'from litellm import completion',
          '',
          'answer = completion(',
          `    model=${quoted(`openai/${model}`)},`,
          `    api_base=${quoted(address)},`,
          `    api_key=${quoted(key)},`,
          `    messages=${QUESTION},`,
          ')',
          'print(answer.choices[0].message.content)',
        ].join('\n'),
      ),
    ],
    source: 'BerriAI/litellm docs/my-website/docs/providers/openai_compatible.md',
    version: '1.110.2',
    verified: TEST,
  },
  'ai-sdk': {
    name: 'AI SDK',
    aliases: ['vercel ai', 'library'],
    kind: 'library',
    address: 'v1',
    scopes: DEFAULT_SCOPES,
    handover: 'code',
    steps: [
      step.javascript(({ address, key, model }) =>
        [
          "import { createOpenAICompatible } from '@ai-sdk/openai-compatible'",
          "import { generateText } from 'ai'",
          '',
          `const latchkey = createOpenAICompatible({ name: 'latchkey', baseURL: ${quoted(address)}, apiKey: ${quoted(key)} })`,
          `const { text } = await generateText({ model: latchkey(${quoted(model)}), prompt: 'Why is the sky blue?' })`,
          'console.log(text)',
        ].join('\n'),
      ),
    ],
    source: 'vercel/ai packages/openai-compatible/README.md',
    version: '7.0.173',
    verified: TEST,
  },
} as const satisfies Record<string, Recipe>
